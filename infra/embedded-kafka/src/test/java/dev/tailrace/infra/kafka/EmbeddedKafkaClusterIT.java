package dev.tailrace.infra.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaClusterIT {
  private static final String TOPIC = "replicated";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static EmbeddedKafkaCluster cluster;

  @BeforeAll
  static void start() {
    cluster = EmbeddedKafkaCluster.start(3);
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void shouldGoOnWhileANodeIsAwayAndTakeItBackWithItsData() throws Exception {
    try (Admin admin = admin();
        KafkaProducer<String, String> producer =
            new KafkaProducer<>(
                Map.of("bootstrap.servers", cluster.bootstrapServers(), "acks", "all"),
                new StringSerializer(),
                new StringSerializer())) {
      admin
          .createTopics(
              List.of(
                  new NewTopic(TOPIC, 1, (short) 3).configs(Map.of("min.insync.replicas", "2"))))
          .all()
          .get();
      send(producer, 0, 10);
      int leader = partition(admin).leader().id();

      cluster.pause(leader);
      send(producer, 10, 20);
      assertThat(partition(admin).isr()).hasSize(2).noneMatch(node -> node.id() == leader);
      cluster.resume(leader);
      awaitAllInSync(admin);
      send(producer, 20, 30);
    }

    assertThat(read()).isEqualTo(IntStream.range(0, 30).mapToObj(i -> "r" + i).toList());
  }

  @Test
  void shouldKeepThreeCopiesOfKafkasOwnTopicsAndAskForTwo() throws Exception {
    String offsets = "__consumer_offsets";
    try (Admin admin = admin();
        KafkaConsumer<String, String> member =
            new KafkaConsumer<>(
                Map.of("bootstrap.servers", cluster.bootstrapServers(), "group.id", "anybody"),
                new StringDeserializer(),
                new StringDeserializer())) {
      member.assign(List.of(new TopicPartition("none", 0)));
      member.committed(Set.of(new TopicPartition("none", 0)));

      ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, offsets);
      assertThat(
              admin
                  .describeTopics(List.of(offsets))
                  .allTopicNames()
                  .get()
                  .get(offsets)
                  .partitions())
          .hasSize(1)
          .allMatch(partition -> partition.replicas().size() == 3);
      assertThat(
              admin
                  .describeConfigs(List.of(resource))
                  .all()
                  .get()
                  .get(resource)
                  .get("min.insync.replicas")
                  .value())
          .isEqualTo("2");
    }
  }

  @Test
  void shouldRefuseAFolderThatHoldsAClusterOfAnotherSize(@TempDir Path folder) {
    EmbeddedKafka.start(0, folder, Map.of()).close();

    assertThatThrownBy(() -> EmbeddedKafkaCluster.start(3, 0, folder, Map.of()))
        .isInstanceOf(EmbeddedKafkaException.class)
        .hasMessageContaining("holds a cluster of 1, not of 3")
        .hasMessageContaining("--broker-count")
        .hasMessageContaining("--broker-data");
    EmbeddedKafka.start(0, folder, Map.of()).close();
  }

  private static Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()));
  }

  private static void send(KafkaProducer<String, String> producer, int from, int to)
      throws Exception {
    for (int i = from; i < to; i++) {
      producer.send(new ProducerRecord<>(TOPIC, "r" + i)).get();
    }
  }

  private static TopicPartitionInfo partition(Admin admin) throws Exception {
    return admin
        .describeTopics(List.of(TOPIC))
        .allTopicNames()
        .get()
        .get(TOPIC)
        .partitions()
        .getFirst();
  }

  private static void awaitAllInSync(Admin admin) {
    Awaitility.await("all are in sync")
        .atMost(PATIENCE)
        .until(() -> partition(admin).isr().size() == cluster.size());
  }

  private static List<String> read() {
    TopicPartition partition = new TopicPartition(TOPIC, 0);
    List<String> values = new ArrayList<>();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", cluster.bootstrapServers()),
            new StringDeserializer(),
            new StringDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      while (consumer.position(partition) < end) {
        for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
          values.add(record.value());
        }
      }
    }
    return values;
  }
}
