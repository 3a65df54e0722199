package dev.tailrace.schemas;

/**
 * Longest time by which a repetition of a delivery follows the first in a lane. A reader starts its
 * fold so much before the time of the first record it may deliver, and a dispatcher refuses
 * settings under which it could repeat one later. Both sides must agree, so it is no setting.
 */
public final class FoldHorizon {
  /** In milliseconds: one minute. */
  public static final long MS = 60_000;

  private FoldHorizon() {}
}
