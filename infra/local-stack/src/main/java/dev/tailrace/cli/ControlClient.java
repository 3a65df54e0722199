package dev.tailrace.cli;

import dev.tailrace.schemas.Topics;
import dev.tailrace.support.control.ControlTopic;
import dev.tailrace.support.kafka.KafkaSettings;
import dev.tailrace.v1.Control;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.common.KafkaException;

/**
 * Writes {@code tailrace.control} for a command, and clears away what counts no more.
 *
 * <p>Threading: the main thread's; while it reads it has another.
 */
final class ControlClient implements AutoCloseable {
  private static final String NAME = "tailrace-control-command";

  private final ControlTopic topic;

  private ControlClient(KafkaSettings kafka) {
    this.topic = new ControlTopic(kafka, NAME, TopicLookup.TIMEOUT);
  }

  /**
   * Returns when it is known that the topic is there.
   *
   * @throws CommandException when it is not, or Kafka does not answer
   */
  static ControlClient connect(KafkaSettings kafka) {
    try (TopicLookup topics = new TopicLookup(kafka, NAME)) {
      topics.describe(Topics.CONTROL);
    }
    return new ControlClient(kafka);
  }

  /**
   * Returns when Kafka has it.
   *
   * @throws CommandException when that may not be so
   */
  void write(Control record) {
    try {
      topic.write(List.of(record));
    } catch (KafkaException e) {
      throw failed(e);
    }
  }

  /** Clears away what counts no more. What it is tidied after stands, whatever comes of this. */
  void tidy(Instant now, PrintWriter err) {
    try {
      topic.tidy(now);
    } catch (KafkaException e) {
      err.println(
          "what has expired is not cleared away, the next command tries: " + e.getMessage());
    }
  }

  /**
   * Takes back all records that are about this.
   *
   * @return how many there were
   * @throws CommandException when the topic cannot be read or written
   */
  int undo(Control record) {
    try {
      return topic.undo(record);
    } catch (KafkaException e) {
      throw failed(e);
    }
  }

  private static CommandException failed(KafkaException e) {
    return CommandException.failed(String.valueOf(e.getMessage()), e);
  }

  @Override
  public void close() {
    topic.close();
  }
}
