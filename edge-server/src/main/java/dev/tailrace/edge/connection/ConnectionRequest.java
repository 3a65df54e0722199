package dev.tailrace.edge.connection;

import dev.tailrace.edge.cursor.StartPosition;
import java.net.InetAddress;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A connection that a transport wants to have served.
 *
 * @param channels to follow from the start; each already allowed to this subscriber
 * @param start where to begin or go on
 * @param waitMs how long a long poll may be held, 0 to answer at once; how long a history request
 *     may be looked for. Of no meaning to streams.
 * @param intervalMs least time between two deliveries to a position of these channels, conflated; 0
 *     for everything at once
 * @param untilMs a history request ends before the first record of this time or later, milliseconds
 *     since the epoch; {@link #PRESENT} at what is there now. Of no meaning to others.
 * @param address the client's, or that of a proxy; null when it is not known
 */
public record ConnectionRequest(
    Transport transport,
    Subscriber subscriber,
    Set<String> channels,
    StartPosition start,
    long waitMs,
    long intervalMs,
    long untilMs,
    @Nullable InetAddress address) {
  /** A history request's end that is no past time. */
  public static final long PRESENT = Long.MAX_VALUE;

  /** One that has no end, of nobody knows where. */
  public ConnectionRequest(
      Transport transport,
      Subscriber subscriber,
      Set<String> channels,
      StartPosition start,
      long waitMs,
      long intervalMs) {
    this(transport, subscriber, channels, start, waitMs, intervalMs, PRESENT, null);
  }
}
