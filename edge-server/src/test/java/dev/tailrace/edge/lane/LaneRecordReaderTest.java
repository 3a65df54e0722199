package dev.tailrace.edge.lane;

import static dev.tailrace.edge.lane.Stamped.TOPIC;
import static dev.tailrace.edge.lane.Stamped.stamp;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import dev.tailrace.edge.log.LogEntry;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.v1.Delivery;
import dev.tailrace.v1.Event;
import dev.tailrace.v1.UpstreamGap;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LaneRecordReaderTest {
  private static final LanePartition PARTITION = new LanePartition(Lane.CHANNELS, 1, 4);

  private final LaneRecordReader reader =
      new LaneRecordReader(PARTITION, new KnownTexts(), new HandSlots());

  @Test
  void shouldReadAChannelDelivery() {
    byte[] value = toChannel(5, "scores").build().toByteArray();

    LogEntry entry = reader.read(77, 1_000, value);

    assertThat(entry).isNotNull();
    assertThat(entry.partition()).isEqualTo(PARTITION);
    assertThat(entry.offset()).isEqualTo(77);
    assertThat(entry.nextOffset()).isEqualTo(78);
    assertThat(entry.timestampMs()).isEqualTo(1_000);
    assertThat(entry.channel()).isEqualTo("scores");
    assertThat(entry.users()).isEmpty();
    assertThat(entry.isUpstreamGap()).isFalse();
    assertThat(entry.value()).isEqualTo(value);
    assertThat(entry.matches(Set.of("scores", "prices")::contains)).isTrue();
    assertThat(entry.matches(Set.of("prices")::contains)).isFalse();
    assertThat(entry.isExpired(Long.MAX_VALUE)).isFalse();
  }

  @Test
  void shouldGiveEntriesThatAreForTheSameTheSameTexts() {
    byte[] first = Stamped.toChannel(5, "scores", "e", "match-7").toByteArray();
    byte[] second = Stamped.toChannel(6, "scores", "f", "match-7").toByteArray();
    byte[] personal = Stamped.toUsers(7, List.of("ann"), "g").toByteArray();
    byte[] another = Stamped.toUsers(8, List.of("ann"), "h").toByteArray();

    LogEntry one = reader.read(1, 1_000, first);
    LogEntry two = reader.read(2, 1_000, second);

    assertThat(one.channel()).isEqualTo("scores").isSameAs(two.channel());
    assertThat(one.conflationKey()).isEqualTo("match-7").isSameAs(two.conflationKey());
    assertThat(reader.read(3, 1_000, personal).users())
        .isEqualTo(List.of("ann"))
        .isSameAs(reader.read(4, 1_000, another).users());
  }

  @Test
  void shouldReadADeliveryForSeveralUsers() {
    Delivery delivery =
        Delivery.newBuilder()
            .setSource(stamp(TOPIC, 0, 5, 0))
            .addUsers("ann")
            .addUsers("bob")
            .setEvent(Event.newBuilder().setId("e"))
            .build();

    LogEntry entry = reader.read(1, 1_000, delivery.toByteArray());

    assertThat(entry.channel()).isNull();
    assertThat(entry.users()).containsExactly("ann", "bob");
    assertThat(entry.matches("bob"::equals)).isTrue();
    assertThat(entry.matches("eve"::equals)).isFalse();
  }

  @Test
  void shouldKnowWhatAnEventIsTheNewestStateOf() {
    byte[] value = Stamped.toChannel(5, "scores", "e", "match-7").toByteArray();

    assertThat(reader.read(77, 1_000, value).conflationKey()).isEqualTo("match-7");
  }

  @Test
  void shouldGiveAnUpstreamGapToEverybody() {
    Delivery delivery =
        Delivery.newBuilder()
            .setSource(stamp(TOPIC, 0, 5, Integer.MAX_VALUE))
            .setUpstreamGap(UpstreamGap.newBuilder().setLastOffset(5))
            .build();

    LogEntry entry = reader.read(1, 1_000, delivery.toByteArray());

    assertThat(entry.isUpstreamGap()).isTrue();
    assertThat(entry.matches(address -> false)).isTrue();
  }

  @Test
  void shouldDropRepetitions() {
    reader.read(1, 1_000, toChannel(5, "scores").build().toByteArray());

    assertThat(reader.read(2, 1_000, toChannel(5, "scores").build().toByteArray())).isNull();
    assertThat(reader.read(3, 1_000, toChannel(4, "prices").build().toByteArray())).isNull();
    assertThat(reader.read(4, 1_000, toChannel(6, "scores").build().toByteArray())).isNotNull();
    assertThat(reader.rejected()).isZero();
  }

  @Test
  void shouldCountWhatIsNoDeliveryAndTellEverybodyOfTheLoss() {
    Event event = Event.newBuilder().setId("e").build();

    List<LogEntry> losses =
        Stream.of(
                null,
                new byte[0],
                "no Protobuf".getBytes(StandardCharsets.UTF_8),
                withoutStamp(event),
                withoutBody())
            .map(value -> reader.read(1, 0, value))
            .toList();

    assertThat(losses)
        .allMatch(LogEntry::isUpstreamGap)
        .allMatch(entry -> entry.matches(address -> false));
    assertThat(reader.rejected()).isEqualTo(5);
  }

  private static byte[] withoutStamp(Event event) {
    return Delivery.newBuilder().setChannel("scores").setEvent(event).build().toByteArray();
  }

  private static byte[] withoutBody() {
    return Delivery.newBuilder()
        .setSource(stamp(TOPIC, 0, 5, 0))
        .setChannel("scores")
        .build()
        .toByteArray();
  }

  @Test
  void shouldExpireByTheLaneRecordsTime() {
    Duration ttl = Duration.newBuilder().setSeconds(2).setNanos(500_000_000).build();
    Delivery.Builder delivery = toChannel(5, "scores");
    delivery.getEventBuilder().setTtl(ttl);

    LogEntry entry = reader.read(1, 10_000, delivery.build().toByteArray());

    assertThat(entry.isExpired(12_500)).isFalse();
    assertThat(entry.isExpired(12_501)).isTrue();
  }

  @Test
  void shouldTakeATtlOfNothingAndOneOfForeverAtTheirWord() {
    Delivery.Builder none = toChannel(5, "scores");
    none.getEventBuilder().setTtl(Duration.getDefaultInstance());
    Delivery.Builder ages = toChannel(6, "scores");
    ages.getEventBuilder().setTtl(Duration.newBuilder().setSeconds(253_402_300_799L));

    LogEntry gone = reader.read(1, 10_000, none.build().toByteArray());
    LogEntry kept = reader.read(2, 10_000, ages.build().toByteArray());

    assertThat(gone.isExpired(10_001)).isTrue();
    assertThat(kept.isExpired(4_000_000_000_000L)).isFalse();
  }

  private static Delivery.Builder toChannel(long sourceOffset, String channel) {
    return Stamped.toChannel(sourceOffset, channel, "e" + sourceOffset).toBuilder();
  }
}
