package dev.tailrace.dispatcher.pump;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * The ids of the ingress topics, which tell a topic from one that was deleted and created again
 * under its name. A consumer goes over to the new topic without a word, at the old one's position;
 * but it has to learn of it from a metadata response first, so after each of those the ids are
 * asked for again before anything that was read is sent.
 *
 * <p>Threading: dispatcher-pump-N only.
 */
final class TopicIds {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final Admin admin;
  private final MetadataWatch metadata;
  private final Map<String, Uuid> known = new HashMap<>();
  private long verifiedUpdate = -1;

  TopicIds(Admin admin, MetadataWatch metadata) {
    this.admin = admin;
    this.metadata = metadata;
  }

  /** The ids at a start. */
  Map<String, Uuid> lookUp(Collection<String> topics) {
    Map<String, Uuid> now = ask(topics);
    requireSame(now);
    known.putAll(now);
    return now;
  }

  /**
   * Records were read, or others wait for what is said of these topics: throws when any may be
   * another one than at the start and is.
   */
  void verify() {
    long update = metadata.updates();
    if (update != verifiedUpdate) {
      requireSame(ask(known.keySet()));
      verifiedUpdate = update;
    }
  }

  private void requireSame(Map<String, Uuid> now) {
    now.forEach(
        (topic, id) -> {
          Uuid before = known.get(topic);
          if (before != null && !before.equals(id)) {
            throw new PumpStoppedException(
                "ingress topic %s was deleted and created again".formatted(topic));
          }
        });
  }

  /** Those that exist. */
  private Map<String, Uuid> ask(Collection<String> topics) {
    Map<String, Uuid> ids = new HashMap<>();
    Map<String, KafkaFuture<TopicDescription>> asked =
        admin.describeTopics(new HashSet<>(topics)).topicNameValues();
    for (Map.Entry<String, KafkaFuture<TopicDescription>> answer : asked.entrySet()) {
      try {
        TopicDescription found = answer.getValue().get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        ids.put(answer.getKey(), found.topicId());
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
          throw new PumpStoppedException("the ingress topics cannot be described", e);
        }
      } catch (TimeoutException e) {
        throw new PumpStoppedException("the ingress topics cannot be described", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new PumpStoppedException("interrupted", e);
      }
    }
    return ids;
  }
}
