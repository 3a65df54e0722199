package dev.tailrace.infra.local;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Ends a long-running command on SIGINT, SIGTERM or SIGHUP in the main thread's own order: the
 * signal only asks, the main thread stops what it started and says {@link #exit} with the exit code
 * that the process then has. A stop that hangs is cut off, and a second signal asks for haste.
 *
 * <p>A process started by {@code tailrace dev} takes the end of its standard input for a signal
 * too. The supervisor holds the other end, so that its children stop even when it is killed in a
 * way that it cannot see.
 *
 * <p>Threading: thread-safe; {@link #await} is the main thread's.
 */
public final class StopSignal {
  /** System property that makes the end of standard input a signal. */
  public static final String END_OF_INPUT = "tailrace.stop.at.end.of.input";

  private static final Duration LONGEST_STOP = Duration.ofSeconds(15);
  private static final Duration TURN = Duration.ofMillis(50);

  private final CountDownLatch requested = new CountDownLatch(1);
  private final CountDownLatch hurried = new CountDownLatch(1);
  private final CountDownLatch finished = new CountDownLatch(1);
  private @Nullable Thread starting;
  private volatile int exitCode;
  private final AtomicInteger signals = new AtomicInteger();
  private volatile long deadlineNs = Long.MAX_VALUE;

  private StopSignal() {}

  /** One that only {@link #request} makes. */
  public static StopSignal manual() {
    return new StopSignal();
  }

  /** Listens from now on. */
  public static StopSignal install() {
    StopSignal signal = new StopSignal();
    Runtime.getRuntime().addShutdownHook(new Thread(signal::onSignal, "stop-signal"));
    ProcessSignals.onEach("TERM", signal::onEach);
    ProcessSignals.onEach("INT", signal::onEach);
    if (Boolean.getBoolean(END_OF_INPUT)) {
      Thread watch = new Thread(() -> signal.watch(System.in), "parent-watch");
      watch.setDaemon(true);
      watch.start();
    }
    return signal;
  }

  /** Whether a stop has been asked for. */
  public boolean isRequested() {
    return requested.getCount() == 0;
  }

  /** Asks for a stop from within: what is run has come to its end. */
  public synchronized void request() {
    requested.countDown();
    if (starting != null) {
      starting.interrupt();
    }
  }

  /** Starts something that may have to wait for others; a stop that is asked for interrupts it. */
  public <T> T interruptibly(Supplier<T> start) {
    setStarting(Thread.currentThread());
    try {
      return start.get();
    } finally {
      setStarting(null);
    }
  }

  private synchronized void setStarting(@Nullable Thread thread) {
    starting = thread;
    if (thread == null) {
      boolean _ = Thread.interrupted(); // what is to come has its own way to hear of a stop
    } else if (isRequested()) {
      thread.interrupt();
    }
  }

  /** Waits until a stop is asked for. */
  public void await() {
    try {
      requested.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits at most this long; returns whether a stop has been asked for. */
  public boolean await(Duration longest) {
    try {
      return requested.await(longest.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  /** A stop may take so much longer than usual, unless a second signal comes. */
  public void allow(Duration more) {
    if (hurried.getCount() > 0) {
      cutOffAfter(LONGEST_STOP.plus(more));
    }
  }

  /** Waits at most this long; returns whether a second signal has come. */
  public boolean awaitSecond(Duration longest) {
    try {
      return hurried.await(longest.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private void cutOffAfter(Duration longest) {
    deadlineNs = System.nanoTime() + longest.toNanos();
  }

  /** Ends the process with this code, whether a signal came or not. */
  public void exit(int code) {
    exitCode = code;
    finished.countDown();
    // Blocks for ever when a signal came first; the hook then ends the process.
    System.exit(code);
  }

  /** The first begins what a signal begins by itself: the hook. */
  private void onEach() {
    int number = signals.incrementAndGet();
    if (number == 1) {
      Thread.ofPlatform().name("stop").start(() -> System.exit(1));
    } else if (number == 2) {
      cutOffAfter(LONGEST_STOP);
      hurried.countDown();
    }
  }

  private void onSignal() {
    if (deadlineNs == Long.MAX_VALUE) {
      cutOffAfter(LONGEST_STOP);
    }
    request();
    haltWhenFinished();
  }

  private void watch(InputStream input) {
    try {
      while (input.read() >= 0) {
        // Nothing is expected; only the end matters.
      }
    } catch (IOException e) {
      // A broken pipe is an end as well.
    }
    onSignal();
  }

  /**
   * From the hook, since the code of a process that a signal ends can be chosen in no other way.
   */
  private void haltWhenFinished() {
    boolean inTime = false;
    try {
      while (!inTime && System.nanoTime() - deadlineNs < 0) {
        inTime = finished.await(TURN.toNanos(), TimeUnit.NANOSECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(inTime ? exitCode : 1);
  }
}
