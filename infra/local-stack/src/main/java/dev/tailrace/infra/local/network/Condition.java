package dev.tailrace.infra.local.network;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a {@link BadNetwork} does to what passes through it. */
public enum Condition {
  /** Nothing: all passes. */
  GOOD,
  /** Each connection passes {@value Passage#SLOW_BYTES_PER_SECOND} bytes a second each way. */
  SLOW,
  /** Nothing passes, and nothing is cut: as if all had driven into a tunnel. */
  STALLED,
  /** Each connection is reset after a few seconds, in the middle of what passes. */
  TORN,
  /** A proxy that refuses WebSockets. */
  NO_WEBSOCKETS,
  /** A proxy that collects an event stream before it passes it on. */
  COLLECTING,
  /** A proxy that cuts a connection on which nothing came for some seconds. */
  IMPATIENT,
  /** A proxy whose servers are all away: 502. */
  BAD_GATEWAY;

  /** As it is written in a query. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The one that is written so; empty when there is none. */
  static Optional<Condition> of(String text) {
    return Arrays.stream(values()).filter(one -> one.text().equals(text)).findFirst();
  }
}
