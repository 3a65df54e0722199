package dev.tailrace.cli;

import dev.tailrace.infra.local.StopSignal;
import dev.tailrace.support.lifecycle.LifecycleStack;

/**
 * A command that runs one part until a signal comes.
 *
 * <p>Threading: the main thread's.
 */
abstract class LongRunning extends ConfiguredCommand {

  /**
   * Starts the part; what it returns is closed at the end.
   *
   * @param signal for a part that comes to its end by itself
   */
  abstract AutoCloseable start(StopSignal signal);

  @Override
  public Integer call() {
    StopSignal signal = stopSignal();
    AutoCloseable part;
    try {
      part = signal.interruptibly(() -> start(signal));
    } catch (RuntimeException e) {
      if (signal.isRequested()) {
        return 0; // it was stopped before it had started
      }
      throw e;
    }
    try (LifecycleStack running = new LifecycleStack()) {
      running.push(name(), part);
      signal.await();
      return beforeStop(part, signal);
    }
  }

  /** A signal has come: what is to be done before the part is closed; returns the exit code. */
  int beforeStop(AutoCloseable part, StopSignal signal) {
    return 0;
  }
}
