package dev.tailrace.edge.connection;

import org.jspecify.annotations.Nullable;

/** Hears what delivery agents do, for metrics. Called on their threads; must not block. */
public interface DeliveryListener {
  /** A turn had no event that a live reader got as it came. */
  long NOTHING_LIVE = -1;

  /** A connection was accepted. */
  void onOpened(Transport.Kind kind);

  /** A connection is over; the reason is null when the client went away by itself. */
  void onClosed(Transport.Kind kind, @Nullable DisconnectReason reason);

  /**
   * A turn went out.
   *
   * @param liveMs for how long the oldest of its events that a live reader got as they came has
   *     been in the lane, by the record's own time; {@link #NOTHING_LIVE} without one
   */
  void onTurn(Transport.Kind kind, int events, int bytes, long liveMs);

  /** A write ended that had not ended within its turn: the client's socket had no room for it. */
  void onLateWrite(Transport.Kind kind, long tookMs);

  /** How a delivery agent's connections stand, once a second. */
  void onCensus(int agent, ConnectionCensus census);

  /** A client was told of a gap. */
  void onGap(Notice.Gap.Reason reason);

  /**
   * A position that a stream or a WebSocket goes on from by its cursor has come to the present, or
   * its client was told of a gap before that.
   *
   * @param lost why it is not whole; null when it is
   */
  void onResumed(Notice.Gap.@Nullable Reason lost);

  /** A channel was taken from a connection that may not follow it any more. */
  void onWithdrawn();

  /** The window left a live reader behind; this was done about it. */
  void onSlow(SlowPolicy applied);
}
