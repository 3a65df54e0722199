package dev.tailrace.edge.connection;

import java.util.Locale;

/**
 * What becomes of a live reader that the partition log's window has left behind, from the one that
 * leaves nothing out to the one that ends the connection.
 */
public enum SlowPolicy {
  /** It goes on from Kafka, and gets everything. */
  REPLAY,
  /** It goes on from Kafka, and gets the newest of each conflation key until it has caught up. */
  CONFLATE,
  /** It goes on at the present, and its client is told of a gap. */
  SKIP,
  /** Its connection is ended. */
  DISCONNECT;

  /** As in configuration and metrics. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
