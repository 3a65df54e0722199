package dev.tailrace.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.tailrace.schemas.Topics;
import dev.tailrace.system.Follower.Transport;
import dev.tailrace.testing.LaneFold;
import dev.tailrace.v1.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
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
      try (Followers before = Followers.open(channel, cursors)) {
        publish(producer, channel, 0, 30);
        before.await(30);
        before.leave(cursors, received);
      }
      publish(producer, channel, 30, 60);
      Awaitility.await("all is in the lanes")
          .atMost(PATIENCE)
          .until(() -> LaneFold.read(platform.bootstrapServers()).channel(channel).size() == 60);
      platform.stopDispatcher();
      platform.stopEdge();
      assertThat(LaneCopies.write(platform.bootstrapServers())).isPositive();
      publish(producer, channel, 60, 80);

      platform.startDispatcher();
      platform.startEdge();
      LaneCopies.write(platform.bootstrapServers());
      try (Followers after = Followers.open(channel, cursors)) {
        publish(producer, channel, 80, 100);
        after.await(70);
        assertThat(LaneCopies.write(platform.bootstrapServers())).isPositive();
        publish(producer, channel, 100, 101);
        after.await(71);
        after.leave(cursors, received);
        assertThat(after.gaps()).isEmpty();
      }
    }

    assertThat(LaneFold.read(platform.bootstrapServers()).dropped()).isNotEmpty();
    for (Transport transport : Transport.values()) {
      assertThat(received.get(transport)).as(transport.name()).isEqualTo(ids(0, 101));
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
        Followers followers = Followers.open(channel, Map.of())) {
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
            .containsExactlyInAnyOrderElementsOf(ids(0, 60));
      }
    }
  }

  private static void publish(OutsideProducer producer, String channel, int from, int to)
      throws Exception {
    for (int i = from; i < to; i++) {
      producer.toChannel(channel, "e" + i);
    }
  }

  private static List<String> ids(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "e" + i).toList();
  }

  /** One follower by each transport. */
  private static final class Followers implements AutoCloseable {
    private final Map<Transport, Follower> byTransport = new EnumMap<>(Transport.class);

    static Followers open(String channel, Map<Transport, String> cursors) throws Exception {
      Followers followers = new Followers();
      for (Transport transport : Transport.values()) {
        followers.byTransport.put(
            transport,
            Follower.open(
                transport, platform.baseUrl(), channel, cursors.getOrDefault(transport, "")));
      }
      followers.byTransport.forEach(
          (transport, follower) ->
              Awaitility.await(transport + " is open").atMost(PATIENCE).until(follower::isOpen));
      return followers;
    }

    void await(int count) {
      byTransport.forEach(
          (transport, follower) ->
              Awaitility.await(transport + " has " + count)
                  .atMost(PATIENCE)
                  .untilAsserted(
                      () ->
                          assertThat(follower.ids())
                              .as("gaps: %s", follower.gaps())
                              .hasSizeGreaterThanOrEqualTo(count)));
    }

    List<String> ids(Transport transport) {
      return byTransport.get(transport).ids();
    }

    List<String> gaps() {
      return byTransport.values().stream().flatMap(follower -> follower.gaps().stream()).toList();
    }

    /** Cuts them, keeping where they were and what they got. */
    void leave(Map<Transport, String> cursors, Map<Transport, List<String>> received) {
      close();
      byTransport.forEach(
          (transport, follower) -> {
            cursors.put(transport, follower.cursor());
            received.computeIfAbsent(transport, t -> new ArrayList<>()).addAll(follower.ids());
          });
    }

    @Override
    public void close() {
      byTransport.values().forEach(Follower::close);
    }
  }
}
