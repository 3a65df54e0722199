package dev.tailrace.edge.desk;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.infra.kafka.EmbeddedKafka;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.schemas.SlotMaps;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.kafka.KafkaSettings;
import dev.tailrace.testing.KafkaTopics;
import dev.tailrace.testing.LaneWriter;
import dev.tailrace.v1.Delivery;
import dev.tailrace.v1.Event;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Events among the records of real lanes. */
class LaneSearchIT {
  private static final Duration AN_HOUR = Duration.ofHours(1);

  private static EmbeddedKafka kafka;
  private static LaneWriter lanes;
  private static DeskClients clients;

  @BeforeAll
  static void start() {
    kafka = EmbeddedKafka.start();
    KafkaTopics.create(kafka.bootstrapServers(), 1, 2, 3);
    lanes = new LaneWriter(kafka.bootstrapServers(), 2, 3);
    clients =
        new DeskClients(
            KafkaSettings.from(
                Settings.of(Map.of("kafka.bootstrap.servers", kafka.bootstrapServers()))));
  }

  @AfterAll
  static void stop() {
    lanes.close();
    kafka.close();
  }

  @Test
  void shouldFindAllDeliveriesOfAnEventAndRepetitionsOnce() {
    Delivery first = lanes.forChannel("search.a", event("twice"));
    long offset = lanes.write(first).offset();
    lanes.toUser("ann", event("twice"));
    lanes.write(first);
    lanes.toChannel("search.a", event("twice-and-more"));

    LaneSearch.Result found = find("twice", AN_HOUR, 1_000);

    assertThat(found.complete()).isTrue();
    assertThat(found.hits()).hasSize(2);
    assertThat(found.hits().getFirst().addresses()).containsExactly("ann");
    LaneHit toChannel = found.hits().getLast();
    assertThat(toChannel.addresses()).containsExactly("search.a");
    assertThat(toChannel.offset()).as("edges deliver the first").isEqualTo(offset);
    assertThat(toChannel.size()).isEqualTo(4);
    assertThat(toChannel.event().getData()).as("nobody needs it").isEmpty();
    assertThat(at(toChannel.partition(), offset)).isEqualTo(toChannel);
    assertThat(at(toChannel.partition(), 1_000_000)).isNull();
  }

  @Test
  void shouldSayThatItDidNotLookAtAll() {
    lanes.toChannel("search.b", event("early"));
    for (int i = 0; i < 10; i++) {
      lanes.toChannel("search.b", event("later-" + i));
    }

    LaneSearch.Result cut = find("early", AN_HOUR, 5);

    assertThat(cut.hits()).isEmpty();
    assertThat(cut.complete()).isFalse();
    assertThat(cut.fromMs())
        .as("what came later was looked at")
        .isGreaterThan(Instant.now().minus(AN_HOUR).toEpochMilli() + 1_000);
    assertThat(find("later-9", AN_HOUR, 5).hits()).hasSize(1);
    assertThat(find("early", AN_HOUR, 1_000).hits()).hasSize(1);
  }

  @Test
  void shouldNotLookAtWhatIsOlder() {
    lanes.toChannel("search.c", event("old"), Instant.now().minusSeconds(15));

    assertThat(find("old", Duration.ofSeconds(5), 1_000).hits()).isEmpty();
    assertThat(find("old", AN_HOUR, 1_000).hits()).hasSize(1);
  }

  private static LaneSearch.Result find(String id, Duration since, long most) {
    try (Consumer<byte[], byte[]> consumer = clients.consumer()) {
      return new LaneSearch(consumer, SlotMaps.of(lanes.slots()), EdgeClock.SYSTEM, most)
          .find(id, since);
    }
  }

  private static LaneHit at(LanePartition partition, long offset) {
    try (Consumer<byte[], byte[]> consumer = clients.consumer()) {
      return new LaneSearch(consumer, SlotMaps.of(lanes.slots()), EdgeClock.SYSTEM)
          .at(partition, offset);
    }
  }

  private static Event event(String id) {
    return Event.newBuilder()
        .setId(id)
        .setType("tick")
        .setData(ByteString.copyFromUtf8("true"))
        .build();
  }
}
