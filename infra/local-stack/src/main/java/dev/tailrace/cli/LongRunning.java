package dev.tailrace.cli;

import dev.tailrace.infra.local.StopSignal;
import dev.tailrace.support.config.LogFormat;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.kafka.KafkaErrors;
import dev.tailrace.support.lifecycle.LifecycleStack;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A command that runs one part until a signal comes.
 *
 * <p>Threading: the main thread's.
 */
abstract class LongRunning extends ConfiguredCommand {
  private static final Logger LOG = LoggerFactory.getLogger(LongRunning.class);

  private LogFormat format = LogFormat.TEXT;

  /**
   * Starts the part; what it returns is closed at the end.
   *
   * @param signal for a part that comes to its end by itself
   */
  abstract AutoCloseable start(Settings settings, StopSignal signal);

  /** What the part is called in the fleet. */
  abstract String process(Settings settings);

  /** Tells whoever waits for it that the part runs. */
  final void say(String line) {
    if (format == LogFormat.JSON) {
      LOG.info(line);
    } else {
      out().println(line);
      out().flush();
    }
  }

  @Override
  public Integer call() {
    StopSignal signal = stopSignal();
    Settings settings = settings();
    format = settings.get(LogFormat.SETTING);
    if (format == LogFormat.JSON) {
      JsonLog.begin(name(), process(settings));
    }
    AutoCloseable part;
    try {
      part = signal.interruptibly(() -> start(settings, signal));
    } catch (RuntimeException e) {
      if (signal.isRequested()) {
        return 0; // it was stopped before it had started
      }
      if (format == LogFormat.JSON) { // the line on standard error is for people
        LOG.error("{} did not start: {}", name(), KafkaErrors.explain(e));
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
