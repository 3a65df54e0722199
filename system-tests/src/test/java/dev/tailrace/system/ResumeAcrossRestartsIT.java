package dev.tailrace.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.tailrace.schemas.Topics;
import dev.tailrace.system.Follower.Transport;
import dev.tailrace.testing.LaneFold;
import dev.tailrace.v1.Event;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.LongSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * From a producer nobody here wrote, through dispatcher, lanes and edge, to clients of every
 * transport: while both servers are stopped and started, and lane records are written twice. On the
 * embedded Kafka; a subclass brings another.
 */
@TestInstance(Lifecycle.PER_CLASS)
class ResumeAcrossRestartsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private static Platform platform;

  /** What the tests run on. */
  Platform startPlatform() throws Exception {
    return Platform.start();
  }

  @BeforeAll
  void start() throws Exception {
    platform = startPlatform();
  }

  @AfterAll
  void stop() {
    if (platform != null) {
      platform.close();
    }
  }

  @Test
  void shouldDeliverOnceAndInOrderThoughTheLanesHoldCopies() throws Exception {
    String channel = "restarts.copies";
    Map<Transport, String> cursors = new EnumMap<>(Transport.class);
    Map<Transport, List<String>> received = new EnumMap<>(Transport.class);
    try (OutsideProducer producer = new OutsideProducer(platform.bootstrapServers())) {
      try (Followers before = Followers.open(platform.baseUrl(), channel, cursors)) {
        producer.toChannel(channel, 0, 30);
        before.await(30);
        before.leave(cursors, received);
      }
      producer.toChannel(channel, 30, 60);
      Awaitility.await("all is in the lanes")
          .atMost(PATIENCE)
          .until(() -> LaneFold.read(platform.bootstrapServers()).channel(channel).size() == 60);
      platform.stopDispatcher();
      platform.stopEdge();
      assertThat(LaneCopies.write(platform.bootstrapServers())).isPositive();
      producer.toChannel(channel, 60, 80);

      platform.startDispatcher();
      platform.startEdge();
      LaneCopies.write(platform.bootstrapServers());
      try (Followers after = Followers.open(platform.baseUrl(), channel, cursors)) {
        producer.toChannel(channel, 80, 100);
        after.await(70);
        assertThat(LaneCopies.write(platform.bootstrapServers())).isPositive();
        producer.toChannel(channel, 100, 101);
        after.await(71);
        after.leave(cursors, received);
        assertThat(after.gaps()).isEmpty();
      }
    }

    assertThat(LaneFold.read(platform.bootstrapServers()).dropped()).isNotEmpty();
    for (Transport transport : Transport.values()) {
      assertThat(received.get(transport))
          .as(transport.name())
          .isEqualTo(OutsideProducer.ids(0, 101));
    }
  }

  @Test
  void shouldTakeEventsWithAnyKeyFromAnyPartition() throws Exception {
    String channel = "restarts.any-key";
    try (KafkaProducer<Long, byte[]> producer =
            new KafkaProducer<>(
                Map.of("bootstrap.servers", platform.bootstrapServers()),
                new LongSerializer(),
                new ByteArraySerializer());
        Followers followers = Followers.open(platform.baseUrl(), channel, Map.of())) {
      int partitions = producer.partitionsFor(Topics.EVENTS).size();
      for (int i = 0; i < 60; i++) {
        Event event =
            Event.newBuilder()
                .setId("e" + i)
                .addChannels(channel)
                .setData(ByteString.copyFromUtf8("{}"))
                .build();
        Long key = i % 3 == 0 ? null : Long.valueOf(i);
        Integer partition = i % 2 == 0 ? Integer.valueOf(i % partitions) : null;
        producer
            .send(new ProducerRecord<>(Topics.EVENTS, partition, key, event.toByteArray()))
            .get();
      }
      followers.await(60);

      for (Transport transport : Transport.values()) {
        assertThat(followers.ids(transport))
            .as(transport.name())
            .containsExactlyInAnyOrderElementsOf(OutsideProducer.ids(0, 60));
      }
    }
  }
}
