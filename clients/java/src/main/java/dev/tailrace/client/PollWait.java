package dev.tailrace.client;

/**
 * For how long polls ask to be held: half of what something before the edges cut, and from there
 * ever longer, up to less than that was. After many of these a longer one is tried: it was chance
 * that cut them, perhaps.
 *
 * <p>Threading: owned by the client's thread.
 */
final class PollWait {
  private static final int LONGEST_S = 25;
  private static final int SECOND_MS = 1_000;

  /** What failed sooner says nothing of how long one may be held. */
  private static final long HELD_MS = 2_000;

  private static final int MANY = 20;

  private int mostS = LONGEST_S;
  private int seconds = LONGEST_S;
  private int longest;

  /** How long the next one is to be held, in seconds. */
  int seconds() {
    return seconds;
  }

  /**
   * Whether one was cut because it was held, rather than refused.
   *
   * @param waitS for how long it was to be held
   * @param heldMs how long it was
   */
  static boolean isCut(TailraceException why, int waitS, long heldMs) {
    return waitS > 1
        && heldMs > HELD_MS
        && why.retryAfterMs() == 0
        && (why.is("cut") || why.is("not_tailrace"));
  }

  /** One was cut after so long, which is more than 2 s. */
  void cutAfter(long heldMs) {
    // Not the same second: the answer would be on its way when it is cut.
    mostS = (int) Math.min(mostS, heldMs / SECOND_MS - 1);
    seconds = (int) Math.min(mostS, heldMs / 2 / SECOND_MS);
    longest = 0;
  }

  /** One was answered. Only if it was held for all of its time, or nearly, might it be longer. */
  void answeredAfter(int waitS, long heldMs) {
    if (waitS > 0 && heldMs * 10 >= waitS * 9L * SECOND_MS) {
      if (seconds == mostS && mostS < LONGEST_S && ++longest == MANY) {
        longest = 0;
        mostS++;
      }
      seconds = Math.min(mostS, seconds + 1);
    }
  }
}
