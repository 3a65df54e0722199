package dev.tailrace.edge.console;

import dev.tailrace.v1.ProcessReport;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a process of the fleet.
 *
 * <p>Threading: immutable.
 *
 * @param report its last
 * @param before the one before that of the same instance; null without one
 * @param seenMs when the last was read, by the view's time
 * @param recent what it delivered of late
 */
record KnownProcess(
    ProcessReport report, @Nullable ProcessReport before, long seenMs, List<Delivered> recent) {
  /** A silent process keeps its place for so long. */
  static final long KEPT_MS = 60_000;

  /** Latencies are those of so long. */
  static final long RECENT_MS = 60_000;

  /** More than a minute of reports has; the oldest go. */
  private static final int MOST_RECENT = 64;

  private static final long SHORTEST_LEASE_MS = 1_000;
  private static final long LONGEST_LEASE_MS = 60_000;

  /** One that reports so soon after its start has counted all of it just now. */
  private static final long JUST_STARTED_MS = 5_000;

  /** Latencies that were told at some time. */
  record Delivered(long atMs, Latencies latencies) {}

  /** Of a process that was not known. */
  static KnownProcess of(ProcessReport report, long seenMs) {
    return new KnownProcess(report, null, seenMs, List.of()).withFirst(report);
  }

  /** It has reported again; or another has under its name. */
  KnownProcess with(ProcessReport next, long nowMs) {
    List<Delivered> kept = recent.stream().filter(some -> nowMs - some.atMs < RECENT_MS).toList();
    if (!next.getInstance().equals(report.getInstance())) {
      return new KnownProcess(next, null, nowMs, kept).withFirst(next);
    }
    if (isFollowedBy(next)) {
      Latencies now = Latencies.of(next.getEdge().getDeliveryLatency());
      Latencies then = Latencies.of(report.getEdge().getDeliveryLatency());
      KnownProcess known = new KnownProcess(next, report, nowMs, kept);
      return now == null || then == null ? known : known.delivered(now.since(then));
    }
    return new KnownProcess(next, before, nowMs, kept); // the same once more
  }

  /** Whether this is a later report of the same instance. */
  boolean isFollowedBy(ProcessReport other) {
    return other.getInstance().equals(report.getInstance())
        && Rates.at(other).isAfter(Rates.at(report));
  }

  private KnownProcess withFirst(ProcessReport first) {
    Latencies all = Latencies.of(first.getEdge().getDeliveryLatency());
    long ageMs = Rates.at(first).toEpochMilli() - Rates.instant(first.getStarted()).toEpochMilli();
    return all == null || ageMs > JUST_STARTED_MS ? this : delivered(all);
  }

  private KnownProcess delivered(Latencies more) {
    List<Delivered> all = new ArrayList<>(recent);
    all.add(new Delivered(seenMs, more));
    int from = Math.max(0, all.size() - MOST_RECENT);
    return new KnownProcess(report, before, seenMs, List.copyOf(all.subList(from, all.size())));
  }

  /** Its name, which may be any text. */
  String name() {
    return report.getProcess();
  }

  /** Whether its lease is over. */
  boolean isSilent(long nowMs) {
    return nowMs - seenMs > leaseMs();
  }

  /** Whether it has been silent for so long that it is no longer shown. */
  boolean isForgotten(long nowMs) {
    return nowMs - seenMs > leaseMs() + KEPT_MS;
  }

  private long leaseMs() {
    return Math.clamp(report.getLeaseMs(), SHORTEST_LEASE_MS, LONGEST_LEASE_MS);
  }

  /** How it stands, in the console's words. */
  String state(long nowMs) {
    if (isSilent(nowMs)) {
      return "silent";
    }
    if (report.getEdge().getDraining()) {
      return "draining";
    }
    return report.getWaitingForCount() == 0 ? "ready" : "not_ready";
  }

  /** What it delivered lately. */
  Latencies latencies(long nowMs) {
    Latencies sum = Latencies.NONE;
    for (Delivered some : recent) {
      if (nowMs - some.atMs < RECENT_MS) {
        sum = sum.plus(some.latencies);
      }
    }
    return sum;
  }
}
