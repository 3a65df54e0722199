package dev.tailrace.dispatcher;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The system's clock, which a test can set wrong, or use to get hold of a pump at one exact place:
 * after it has read events and before it sends the first copy.
 */
final class HookedClock extends Clock {
  private static final String PLACE = "dev.tailrace.dispatcher.pump.EventDispatch";

  private final AtomicReference<Runnable> beforeSend = new AtomicReference<>();
  private volatile Duration error = Duration.ZERO;

  /** Runs this once, on the pump's thread, when it is about to send. */
  void onceBeforeSend(Runnable hook) {
    beforeSend.set(hook);
  }

  void setError(Duration error) {
    this.error = error;
  }

  @Override
  public Instant instant() {
    if (beforeSend.get() != null && isAtPlace()) {
      Runnable hook = beforeSend.getAndSet(null);
      if (hook != null) {
        hook.run();
      }
    }
    return Clock.systemUTC().instant().plus(error);
  }

  private static boolean isAtPlace() {
    return StackWalker.getInstance()
        .walk(frames -> frames.anyMatch(frame -> frame.getClassName().equals(PLACE)));
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}
