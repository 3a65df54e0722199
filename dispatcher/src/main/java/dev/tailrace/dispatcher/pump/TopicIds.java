package dev.tailrace.dispatcher.pump;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ids of the ingress topics, which tell a topic from one that was deleted and created again
 * under its name; looked up at each start and checked again while reading.
 *
 * <p>Threading: dispatcher-pump-N only.
 */
final class TopicIds {
  private static final Logger LOG = LoggerFactory.getLogger(TopicIds.class);
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final Admin admin;
  private final Map<String, Uuid> known = new HashMap<>();
  private @Nullable KafkaFuture<Map<String, TopicDescription>> check;

  TopicIds(Admin admin) {
    this.admin = admin;
  }

  /** Asks Kafka and waits. */
  Map<String, Uuid> lookUp(Set<String> topics) {
    try {
      Map<String, TopicDescription> described =
          admin
              .describeTopics(topics)
              .allTopicNames()
              .get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      described.forEach((topic, description) -> known.put(topic, description.topicId()));
      return Map.copyOf(known);
    } catch (ExecutionException | TimeoutException e) {
      throw new PumpStoppedException("the ingress topics cannot be described", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PumpStoppedException("interrupted", e);
    }
  }

  /** Starts asking again, unless an answer is still awaited. */
  void startCheck(Collection<String> topics) {
    if (check == null && !topics.isEmpty()) {
      check = admin.describeTopics(new HashSet<>(topics)).allTopicNames();
    }
  }

  /** Looks whether an answer has come; throws when a topic is another one by now. */
  void finishCheck() {
    KafkaFuture<Map<String, TopicDescription>> asked = check;
    if (asked == null || !asked.isDone()) {
      return;
    }
    check = null;
    try {
      asked.getNow(Map.of()).forEach(this::requireSame);
    } catch (ExecutionException e) {
      LOG.debug("Kafka is away, or the topic: the consumer notices either", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void requireSame(String topic, TopicDescription now) {
    Uuid before = known.get(topic);
    if (before != null && !before.equals(now.topicId())) {
      throw new PumpStoppedException(
          "ingress topic %s was deleted and created again".formatted(topic));
    }
  }
}
