package dev.tailrace.dispatcher;

import dev.tailrace.testing.SharedKafka;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The shared broker, without any topic or group of the tests before. */
final class FreshTopics implements BeforeEachCallback {
  @Override
  public void beforeEach(ExtensionContext context) throws Exception {
    try (Admin admin = admin()) {
      Set<String> topics = admin.listTopics().names().get();
      admin.deleteTopics(topics).all().get();
      Awaitility.await().until(() -> admin.listTopics().names().get().isEmpty());
      Set<String> groups =
          admin.listGroups().all().get().stream()
              .map(group -> group.groupId())
              .collect(Collectors.toSet());
      admin.deleteConsumerGroups(groups).all().get();
    }
  }

  String bootstrapServers() {
    return SharedKafka.bootstrapServers();
  }

  Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", bootstrapServers()));
  }

  /** What this group has committed. */
  Map<TopicPartition, OffsetAndMetadata> commits(String group) throws Exception {
    try (Admin admin = admin()) {
      return admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
    }
  }
}
