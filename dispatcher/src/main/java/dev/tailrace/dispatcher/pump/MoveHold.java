package dev.tailrace.dispatcher.pump;

import dev.tailrace.schemas.SlotMaps;

/**
 * While a version of the slot map is announced and has no fence, a pump reads no further. It may
 * say so when its last poll has returned and the group has then taken a commit of it: whoever is
 * given its partitions after that commit hears of the version before reading them. Without the
 * commit a pump that was paused could speak for partitions that another reads on.
 *
 * <p>Threading: dispatcher-pump-N only.
 */
final class MoveHold {
  private static final long ASK_AGAIN_MS = 200;

  private int version;
  private long sinceMs;
  private long askedMs;
  private boolean confirmed;

  /** Before each poll. */
  void update(SlotMaps maps, long nowMs) {
    int pending = maps.isFencePending() ? maps.newest().version() : 0;
    if (pending != version) {
      version = pending;
      sinceMs = nowMs;
      askedMs = nowMs - ASK_AGAIN_MS;
      confirmed = false;
    }
  }

  /** Whether nothing may be read. */
  boolean isHeld() {
    return version > 0;
  }

  long sinceMs() {
    return sinceMs;
  }

  /** Whether a commit is to be sent now, for what it proves. */
  boolean isToConfirm(long nowMs) {
    return isHeld() && !confirmed && nowMs - askedMs >= ASK_AGAIN_MS;
  }

  /** After a poll a commit is sent; returns what it confirms when it is acknowledged. */
  int asked(long nowMs) {
    askedMs = nowMs;
    return version;
  }

  /** A commit was acknowledged that was sent after a poll under this version's hold. */
  void confirmed(int asked) {
    confirmed |= asked > 0 && asked == version;
  }

  PumpStatus.Hold describe() {
    return new PumpStatus.Hold(version, sinceMs, confirmed);
  }
}
