package dev.tailrace.edge.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.testing.SharedKafka;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;

class DispatcherGroupCheckIT {
  private final String topic = "ingress-" + UUID.randomUUID();
  private final String group = "dispatchers-" + UUID.randomUUID();
  private final AtomicReference<Instant> clock = new AtomicReference<>(Instant.EPOCH);

  @Test
  void shouldBeReadyOnceEveryIngressPartitionIsAssignedAndCommitted() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", SharedKafka.bootstrapServers()))) {
      admin.createTopics(List.of(new NewTopic(topic, 2, (short) 1))).all().get();
      DispatcherGroupCheck check =
          new DispatcherGroupCheck(admin, group, List.of(topic), clock::get);
      awaitReason(check, "Kafka could not tell"); // after a while: it has to make a topic first

      try (KafkaConsumer<byte[], byte[]> pump = pump()) {
        pump.subscribe(List.of(topic));
        await()
            .until(
                () -> {
                  pump.poll(Duration.ofMillis(100));
                  return pump.assignment().size() == 2;
                });
        awaitReason(check, "no commit yet: %s-0, %s-1".formatted(topic, topic));
        pump.commitSync(Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(0)));
        awaitReason(check, "no commit yet: %s-1".formatted(topic));
        pump.commitSync(Map.of(new TopicPartition(topic, 1), new OffsetAndMetadata(0)));
        awaitReason(check, "2 ingress partitions dispatched");
        assertThat(check.check().ready()).isTrue();

        clock.updateAndGet(now -> now.plus(Duration.ofHours(1)));
        awaitReason(check, "2 ingress partitions dispatched"); // after a long silence, too
      }
      awaitReason(check, "group %s is Empty".formatted(group));
      assertThat(check.check().ready()).isFalse();
    }
  }

  @Test
  void shouldSayThatKafkaDoesNotAnswer() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Admin admin =
            Admin.create(Map.of("bootstrap.servers", "127.0.0.1:" + silent.getLocalPort()))) {
      DispatcherGroupCheck check =
          new DispatcherGroupCheck(admin, group, List.of(topic), clock::get);

      assertThat(check.check()).isEqualTo(Readiness.notReady("Kafka has not answered for 2 s"));
      admin.close(Duration.ZERO);
    }
  }

  private KafkaConsumer<byte[], byte[]> pump() {
    return new KafkaConsumer<>(
        Map.of("bootstrap.servers", SharedKafka.bootstrapServers(), "group.id", group),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  /** Each look is two seconds after the last, so that it asks Kafka again. */
  private void awaitReason(DispatcherGroupCheck check, String reason) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              clock.updateAndGet(now -> now.plusSeconds(2));
              return check.check().reason().startsWith(reason);
            });
  }
}
