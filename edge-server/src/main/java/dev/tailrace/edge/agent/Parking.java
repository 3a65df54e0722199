package dev.tailrace.edge.agent;

/**
 * How a thread that is about to wait, and those who give it work, do not miss each other: it
 * announces that it will wait, looks once more, and waits only if nobody has come since. That is
 * remembered here and not by the waiting itself: the permit of a thread that parks may be used up
 * by a lock that its last look takes.
 *
 * <p>Threading: {@link #wake} from any thread, after the work was put where the look finds it; the
 * rest from the thread that waits.
 */
public final class Parking {
  private volatile boolean announced;

  /** It will wait, if it finds nothing. */
  public void announce() {
    announced = true;
  }

  /** Whether it may wait: it has announced that, and nobody has come since. */
  public boolean isQuiet() {
    return announced;
  }

  /** It does not wait any more. */
  public void end() {
    announced = false;
  }

  /** There is work. True when the thread waits, or is about to, and is to be woken. */
  public boolean wake() {
    if (!announced) {
      return false;
    }
    announced = false;
    return true;
  }
}
