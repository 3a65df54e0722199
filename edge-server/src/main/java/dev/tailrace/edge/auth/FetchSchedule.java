package dev.tailrace.edge.auth;

import java.time.Duration;

/**
 * When something is fetched next: at its interval; sooner after a failure, and sooner when somebody
 * asks; but never within the pause after the last time.
 *
 * <p>Threading: one thread's.
 */
final class FetchSchedule {
  private static final int MAX_DOUBLINGS = 10;

  private final long intervalMs;
  private final long pauseMs;
  private boolean started;
  private long startedMs;
  private int failures;

  FetchSchedule(Duration interval, Duration pause) {
    this.intervalMs = interval.toMillis();
    this.pauseMs = pause.toMillis();
  }

  /** It is being fetched. */
  void onStart(long nowMs) {
    started = true;
    startedMs = nowMs;
  }

  /** It was fetched. */
  void onSuccess() {
    failures = 0;
  }

  /** It could not be fetched. */
  void onFailure() {
    failures++;
  }

  /**
   * How long to wait; 0 when it is due.
   *
   * @param asked whether somebody asks
   */
  long waitMs(long nowMs, boolean asked) {
    if (!started) {
      return 0;
    }
    return Math.max(0, startedMs + Math.max(pauseMs, asked ? 0 : betweenMs()) - nowMs);
  }

  private long betweenMs() {
    return failures == 0
        ? intervalMs
        : Math.min(intervalMs, pauseMs << Math.min(failures - 1, MAX_DOUBLINGS));
  }
}
