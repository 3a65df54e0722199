package dev.tailrace.edge.catchup;

import static dev.tailrace.edge.lane.Stamped.toChannel;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.tailrace.edge.agent.ManualClock;
import dev.tailrace.edge.lane.HandSlots;
import dev.tailrace.edge.lane.KnownTexts;
import dev.tailrace.edge.lane.LaneRecordReader;
import dev.tailrace.edge.lane.MemoryLanes;
import dev.tailrace.edge.log.LogEntry;
import dev.tailrace.edge.log.PartitionLog;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.v1.Delivery;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The last events of addresses, looked for from the end of a partition back. */
class BackwardSearchTest {
  private static final LanePartition PARTITION = new LanePartition(Lane.CHANNELS, 1, 1);

  private final MemoryLanes lanes = new MemoryLanes();
  private final ManualClock clock = new ManualClock();
  private final HandCatchUp catchUp = new HandCatchUp(lanes, clock);
  private final List<LastEventsSearch> answered = new ArrayList<>();
  private long examined;

  @Test
  void shouldReadAFewTimesOfWhatItHasToAndNotAll() {
    int records = 100_000;
    int depth = 9_000;
    for (int i = 0; i < records; i++) {
      lanes.append(PARTITION, clock.millis(), event(i, i % 1_000 == 0 ? "rare" : "other"));
    }

    LastEventsSearch search = search(9, "rare");
    catchUp.settle();

    assertThat(search.firsts()).containsExactly(Map.entry("rare", records - 9_000L));
    assertThat(search.isCut()).isFalse();
    long each = lanes.bytes(PARTITION) / records;
    assertThat(examined).isBetween(depth * each, 3L * depth * each);
    assertThat(catchUp.scannedBytes()).isEqualTo(examined);
  }

  @Test
  void shouldLookNoFurtherThanItsBoundAndSayThatThereMayBeMore() {
    for (int i = 0; i < 9_000; i++) {
      lanes.append(PARTITION, clock.millis(), large(i, i == 0 ? "rare" : "other"));
    }

    LastEventsSearch search = search(2, "rare");
    catchUp.settle();

    assertThat(search.isCut()).isTrue();
    assertThat(search.firsts()).containsExactly(Map.entry("rare", 9_000L));
    assertThat(examined)
        .isBetween(
            BackwardSearch.MAX_EXAMINED_BYTES - (1 << 20),
            BackwardSearch.MAX_EXAMINED_BYTES + (1 << 20));
  }

  @Test
  void shouldLookAtMemoryThoughWhatLiesBehindIsTooMuch() {
    PartitionLog log = new PartitionLog(PARTITION, 0, 1 << 20);
    LogEntry last =
        new LaneRecordReader(PARTITION, new KnownTexts(), new HandSlots())
            .read(0, clock.millis(), event(0, "a").toByteArray());
    lanes.append(PARTITION, clock.millis(), event(0, "a"));
    log.append(List.of(Objects.requireNonNull(last)), 1);
    byte[] large = large(1, "b").toByteArray();
    for (int i = 0; i < 2 * BackwardSearch.MAX_EXAMINED_BYTES / 10_000 + 200; i++) {
      lanes.append(PARTITION, clock.millis(), large);
    }
    LastEventsSearch search = search(log, 1, "a");
    catchUp.settle();

    assertThat(search.firsts()).containsExactly(Map.entry("a", 0L));
    assertThat(search.isCut()).isFalse();
    assertThat(examined)
        .isBetween(
            2L * BackwardSearch.MAX_EXAMINED_BYTES,
            2L * BackwardSearch.MAX_EXAMINED_BYTES + (8 << 20));
  }

  @Test
  void shouldAnswerTogetherWhoAskTogetherAndOnceMoreWhoComeLater() {
    for (int i = 0; i < 3_000; i++) {
      lanes.append(PARTITION, clock.millis(), event(i, "a"));
    }
    LastEventsSearch few = search(2, "a");
    LastEventsSearch many = search(2_000, "a");
    catchUp.turn();
    LastEventsSearch late = search(1, "a");
    catchUp.settle();

    assertThat(answered).containsExactly(few, many, late);
    assertThat(few.firsts()).containsExactly(Map.entry("a", 2_998L));
    assertThat(many.firsts()).containsExactly(Map.entry("a", 1_000L));
    assertThat(late.firsts()).containsExactly(Map.entry("a", 2_999L));
  }

  @Test
  void shouldForgetWhoDoesNotWaitAnyMore() {
    lanes.append(PARTITION, clock.millis(), event(0, "a"));
    LastEventsSearch gone = search(2, "a");
    gone.cancel();
    catchUp.settle();
    catchUp.consumer().holdAnswers();
    LastEventsSearch leaving = search(2, "a");
    catchUp.turn();
    leaving.cancel();
    catchUp.consumer().releaseAnswers();
    catchUp.settle();

    assertThat(answered).isEmpty();
    assertThat(catchUp.scannedBytes()).isZero();
  }

  @Test
  void shouldSayThatKafkaDoesNotAnswer() {
    lanes.append(PARTITION, clock.millis(), event(0, "a"));
    catchUp.consumer().setReadFailure(new TimeoutException("gone"));
    LastEventsSearch search = search(2, "a");
    catchUp.settle();

    assertThat(search.isFailed()).isTrue();
    catchUp.consumer().setReadFailure(null);
    catchUp.offer(search);
    catchUp.settle();
    assertThat(search.isFailed()).isFalse();
    assertThat(search.firsts()).containsExactly(Map.entry("a", 0L));
  }

  @Test
  void shouldGoOnWhenRetentionOvertakesIt() {
    for (int i = 0; i < 5_000; i++) {
      lanes.append(PARTITION, clock.millis(), event(i, i % 1_000 == 0 ? "a" : "b"));
    }
    catchUp.consumer().setMaxRecordsOfAPartition(100);
    LastEventsSearch search = search(4, "a");
    catchUp.turn(); // its first step
    lanes.removeBelow(PARTITION, 3_500);
    catchUp.settle();

    assertThat(search.firsts()).containsExactly(Map.entry("a", 4_000L));
    assertThat(search.isCut()).isFalse();
  }

  @Test
  void shouldPassWhatCannotBeRead() {
    lanes.append(PARTITION, clock.millis(), event(0, "a"));
    lanes.append(PARTITION, clock.millis(), new byte[] {1, 2, 3});
    lanes.append(PARTITION, clock.millis(), event(2, "a"));
    lanes.append(PARTITION, clock.millis(), event(3, "a"));
    lanes.append(PARTITION, clock.millis(), (byte[]) null);
    lanes.damage(PARTITION, 2);
    LastEventsSearch search = search(2, "a");
    catchUp.settle();

    assertThat(search.firsts()).containsExactly(Map.entry("a", 0L));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void shouldFindWhatLookingAtAllFinds(long seed) throws Exception {
    Random random = new Random(seed);
    List<String> channels = List.of("a", "b", "c");
    int records = 500 + random.nextInt(4_000);
    for (int i = 0; i < records; i++) {
      int kind = random.nextInt(10);
      if (kind == 0) {
        lanes.skip(PARTITION, 1 + random.nextInt(40));
      }
      long source = kind == 1 && i > 20 ? i - 1 - random.nextInt(20) : i; // new, or repeated
      lanes.append(PARTITION, clock.millis(), event(source, channels.get((int) (source * 7 % 3))));
    }
    lanes.removeBelow(PARTITION, random.nextInt(400));
    catchUp.consumer().setMaxRecordsOfAPartition(1 + random.nextInt(300));
    int count = 1 + random.nextInt(200);
    LastEventsSearch search = search(count, "a", "b");
    catchUp.settle();

    for (String channel : List.of("a", "b")) {
      // A repetition whose original lies before the last step is not known as one.
      assertThat(search.firsts().get(channel))
          .isBetween(nthLast(channel, count), nthLast(channel, Math.max(1, count - 2)));
    }
  }

  /** Each event counts where it lies first. */
  private long nthLast(String channel, int count) throws InvalidProtocolBufferException {
    Set<Long> seen = new HashSet<>();
    List<Long> offsets = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : lanes.records(PARTITION)) {
      Delivery delivery = Delivery.parseFrom(record.value());
      if (delivery.getChannel().equals(channel) && seen.add(delivery.getSource().getOffset())) {
        offsets.add(record.offset());
      }
    }
    return offsets.get(Math.max(0, offsets.size() - count));
  }

  private LastEventsSearch search(int count, String... channels) {
    return search(HandCatchUp.logFrom(lanes.end(PARTITION)), count, channels);
  }

  private LastEventsSearch search(PartitionLog log, int count, String... channels) {
    LastEventsSearch search =
        new LastEventsSearch(
            log,
            Set.of(channels),
            count,
            Long.MAX_VALUE,
            false,
            bytes -> examined += bytes,
            answered::add);
    catchUp.offer(search);
    return search;
  }

  private static Delivery event(long source, String channel) {
    return toChannel(source, channel, "e" + source);
  }

  private static Delivery large(long source, String channel) {
    Delivery.Builder large = event(source, channel).toBuilder();
    large.getEventBuilder().setData(ByteString.copyFrom(new byte[10_000]));
    return large.build();
  }
}
