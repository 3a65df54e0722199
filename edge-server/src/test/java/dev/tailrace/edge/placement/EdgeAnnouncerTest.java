package dev.tailrace.edge.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.tailrace.edge.metrics.EdgeMetrics;
import dev.tailrace.v1.EdgeHeartbeat;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** With a lease so long that only what is told to it makes it speak. */
class EdgeAnnouncerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Instant NOW = Instant.parse("2026-11-29T12:00:00.250Z");
  private static final PlacementConfig CONFIG =
      new PlacementConfig("https://edge-3.example.com", "west", Duration.ofMinutes(10));

  private final EdgeMetrics metrics = new EdgeMetrics();
  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final EdgeAnnouncer announcer =
      new EdgeAnnouncer(
          CONFIG,
          "edge",
          new EdgeAnnouncer.Doings(() -> 12, () -> Set.of(3, 1)),
          producer,
          () -> NOW,
          metrics.placement());

  @AfterEach
  void close() {
    announcer.close();
    metrics.close();
  }

  @Test
  void shouldSayWhatItIsThenThatItDrainsThenNothingAnyMore() throws Exception {
    announcer.start();
    awaitSent(1);
    announcer.draining();
    awaitSent(2);
    announcer.close();

    EdgeHeartbeat first = sent(0);
    assertThat(first)
        .isEqualTo(
            EdgeHeartbeat.newBuilder()
                .setEdgeId("edge")
                .setPublicUrl("https://edge-3.example.com")
                .setZone("west")
                .setConnections(12)
                .addUserPartitions(1)
                .addUserPartitions(3)
                .setAt(
                    com.google.protobuf.Timestamp.newBuilder()
                        .setSeconds(NOW.getEpochSecond())
                        .setNanos(NOW.getNano()))
                .setLeaseMs(600_000)
                .build());
    assertThat(sent(1)).isEqualTo(first.toBuilder().setDraining(true).build());
    assertThat(producer.history()).hasSize(3);
    assertThat(producer.history().getLast().value()).isNull();
    assertThat(producer.history())
        .extracting(one -> new String(one.key(), StandardCharsets.UTF_8))
        .containsOnly("edge");
    assertThat(producer.closed()).isTrue();
    assertThat(metrics.scrape()).contains("tailrace_edge_announcements_total 3.0\n");
  }

  @Test
  void shouldCountWhatKafkaDoesNotTakeAndGoOn() {
    producer.sendException = new TimeoutException("no metadata");
    announcer.start();
    awaitCount("tailrace_edge_announcements_failed_total 1.0\n");
    producer.sendException = null;
    announcer.draining();

    awaitSent(1);
    awaitCount("tailrace_edge_announcements_total 1.0\n");
  }

  private void awaitSent(int count) {
    await().atMost(PATIENCE).until(() -> producer.history().size() >= count);
  }

  private void awaitCount(String line) {
    await().atMost(PATIENCE).until(() -> metrics.scrape().contains(line));
  }

  private EdgeHeartbeat sent(int index) throws InvalidProtocolBufferException {
    ProducerRecord<byte[], byte[]> one = producer.history().get(index);
    return EdgeHeartbeat.parseFrom(one.value());
  }
}
