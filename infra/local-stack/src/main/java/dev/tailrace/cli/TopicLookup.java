package dev.tailrace.cli;

import dev.tailrace.support.kafka.KafkaSettings;
import dev.tailrace.support.kafka.LoginRefusedException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * Asks Kafka for topics, and says in a line what is wrong when there is no answer.
 *
 * <p>Threading: the main thread's.
 */
final class TopicLookup implements AutoCloseable {
  /** How long an answer of Kafka is waited for. */
  static final Duration TIMEOUT = Duration.ofSeconds(15);

  private final KafkaSettings kafka;
  private final Admin admin;

  /** With a client of this name; asks nothing yet. */
  TopicLookup(KafkaSettings kafka, String name) {
    this.kafka = kafka;
    int timeoutMs = Math.toIntExact(TIMEOUT.toMillis());
    this.admin =
        Admin.create(
            kafka.client(
                name,
                Map.of(
                    CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG,
                    timeoutMs,
                    CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG,
                    timeoutMs / 3)));
  }

  /**
   * What a topic is like.
   *
   * @throws CommandException when it is not there, or Kafka does not answer
   * @throws LoginRefusedException when Kafka does not let this process in
   */
  TopicDescription describe(String topic) {
    TopicDescription found = find(topic);
    if (found == null) {
      throw CommandException.failed(
          "topic %s does not exist: a dispatcher creates it".formatted(topic));
    }
    return found;
  }

  /**
   * The same, or null when it is not there.
   *
   * @throws CommandException when Kafka does not answer
   * @throws LoginRefusedException when Kafka does not let this process in
   */
  @Nullable TopicDescription find(String topic) {
    try {
      KafkaFuture<TopicDescription> asked =
          admin.describeTopics(List.of(topic)).topicNameValues().get(topic);
      if (asked == null) {
        throw CommandException.failed("Kafka does not know " + topic);
      }
      return asked.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return null;
      }
      LoginRefusedException.throwIfSo(e);
      throw unreachable(e);
    } catch (TimeoutException e) {
      throw unreachable(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandException.failed("interrupted", e);
    }
  }

  private CommandException unreachable(Exception e) {
    return CommandException.failed(
        "no answer from Kafka at %s: start it, or name another (%s)"
            .formatted(kafka.bootstrapServers(), KafkaSettings.BOOTSTRAP_SERVERS.flagName()),
        e);
  }

  @Override
  public void close() {
    admin.close(Duration.ZERO);
  }
}
