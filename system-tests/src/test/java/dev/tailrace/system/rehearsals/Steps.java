package dev.tailrace.system.rehearsals;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.MessageFormatter;

/**
 * Says what a rehearsal is at.
 *
 * <p>Threading: one test thread.
 */
final class Steps {
  private static final Logger LOG = LoggerFactory.getLogger(Steps.class);

  private final String procedure;
  private final long beganNs = System.nanoTime();

  /** Of the procedure that the documentation calls so. */
  Steps(String procedure) {
    this.procedure = procedure;
    LOG.info("{}: begins", procedure);
  }

  /** What comes now, or what has been seen; values take the places of {@code {}}. */
  void say(String step, Object... values) {
    Duration since = Duration.ofNanos(System.nanoTime() - beganNs);
    LOG.info(
        "{}, {} s: {}",
        procedure,
        since.toSeconds(),
        MessageFormatter.basicArrayFormat(step, values));
  }
}
