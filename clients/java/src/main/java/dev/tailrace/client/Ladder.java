package dev.tailrace.client;

import java.util.List;

/**
 * Which transport is used, and what follows when a connection ended: the same again after a while,
 * or at once the next one.
 *
 * <p>Threading: owned by the client's thread.
 */
final class Ladder {
  /**
   * The next transport is tried after so many connections that were cut young, one after another.
   */
  static final int CUTS = 3;

  static final long YOUNG_MS = 30_000;
  static final long WELL_MS = 10_000;

  private final List<Transport> rungs;
  private final Backoff backoff;
  private int rung;
  private int cuts;
  private int lacking;

  /** Those that may be used, the best first; at least one. */
  Ladder(List<Transport> rungs, Backoff backoff) {
    this.rungs = rungs;
    this.backoff = backoff;
  }

  /** The one to use now. */
  Transport transport() {
    return rungs.get(rung);
  }

  /** The better ones, the best first. */
  List<Transport> better() {
    return rungs.subList(0, rung);
  }

  /** A better one works again. */
  void climbTo(Transport transport) {
    rung = rungs.indexOf(transport);
    cuts = 0;
  }

  /** Whether all of them were tried in turn, and none is there. */
  boolean lacksAll() {
    return lacking >= rungs.size();
  }

  /** How long to wait before the same again, in milliseconds. */
  long again() {
    return backoff.nextMs();
  }

  /**
   * After a connection ended.
   *
   * @return how long to wait before the next, in milliseconds; 0 for at once
   */
  long next(End end) {
    if (end.lastedMs() > WELL_MS) {
      backoff.reset();
    }
    if (end.afterMs() > 0) {
      return backoff.saidMs(end.afterMs());
    }
    if (end.isOfTheNetwork()) {
      return backoff.nextMs();
    }
    lacking = end.isOfTheWay() ? lacking + 1 : 0;
    cuts = end.lastedMs() > YOUNG_MS ? 0 : cuts + 1;
    boolean unfit = end.isUnfit() || (!end.wasLive() && !end.isOfTheServers());
    if (unfit || cuts >= CUTS) {
      cuts = 0;
      rung = (rung + 1) % rungs.size();
      if (rung > 0) {
        return 0;
      }
    }
    return backoff.nextMs();
  }
}
