package dev.tailrace.dispatcher.pump;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.dispatcher.routing.SourcePartition;
import dev.tailrace.dispatcher.routing.Stamp;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.v1.Delivery;
import dev.tailrace.v1.Event;
import dev.tailrace.v1.SlotFence;
import dev.tailrace.v1.SlotMove;
import dev.tailrace.v1.SlotRecord;
import dev.tailrace.v1.SlotSettlement;
import dev.tailrace.v1.SourceOffset;
import dev.tailrace.v1.UpstreamGap;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** What is read back while slots move. */
class LaneReadBackTest {
  private static final SourcePartition SOURCE = SourcePartition.of("t", new UUID(1, 2), 0);
  private static final LanePartition OLD = new LanePartition(Lane.CHANNELS, 1, 0);
  private static final LanePartition NEW = new LanePartition(Lane.CHANNELS, 2, 0);

  private final FixedSlots slots = new FixedSlots(1, 1);
  private final LaneMarks marks = new LaneMarks();
  private final MockConsumer<byte[], byte[]> lanes = new SourceStartsTest.TimelessConsumer();
  private final LaneReadBack readBack = new LaneReadBack(() -> lanes, slots, marks);
  private final Map<LanePartition, Long> ends = new HashMap<>();

  LaneReadBackTest() {
    Map<TopicPartition, Long> empty = new HashMap<>();
    for (LanePartition lane : List.of(new LanePartition(Lane.USERS, 1, 0), OLD, NEW)) {
      empty.put(new TopicPartition(lane.topic(), lane.partition()), 0L);
    }
    empty.put(new TopicPartition(NEW.topic(), 1), 0L);
    lanes.updateBeginningOffsets(empty);
    lanes.updateEndOffsets(empty);
    readBack.begin(0, 60_000);
  }

  @Test
  void shouldPassVoidRecordsOver() {
    slots.add(move());
    slots.add(fence(100));
    write(OLD, 99, 1);
    write(OLD, 120, 1);
    turn();
    assertThat(holds(OLD, 99, 1)).isTrue();
    assertThat(holds(OLD, 100, 2)).isFalse();
    assertThat(marks.highestOffset(SOURCE)).isEqualTo(99);
    write(OLD, 101, 2);
    turn();
    assertThat(holds(OLD, 101, 2)).isTrue();
    assertThat(holds(OLD, 90, 1)).as("by whichever version").isTrue();
  }

  /** A paused pump writes on, and the fence is heard of after its record. */
  @Test
  void shouldNotTakeAVoidRecordForACopyThatWasReadBeforeTheFenceWasKnown() {
    write(OLD, 120, 1);
    turn();
    slots.add(move());
    slots.add(fence(100));
    assertThat(slots.get().at(SOURCE.id(), 110).version()).isEqualTo(2);
    assertThat(holds(OLD, 110, 2)).isFalse();
    assertThat(holds(OLD, 99, 1)).isTrue();
  }

  @Test
  void shouldTakeAGapForEveryVersion() {
    slots.add(move());
    slots.add(fence(100));
    Delivery gap =
        delivery(149, 1).setUpstreamGap(UpstreamGap.newBuilder().setFirstOffset(90)).build();
    write(OLD, gap);
    turn();
    assertThat(holds(OLD, 149, 2)).isTrue();
    assertThat(holds(OLD, 150, 2)).isFalse();
  }

  @Test
  void shouldFollowAGenerationThatComesMeanwhile() {
    turn();
    slots.add(move());
    turn();
    slots.add(fence(100));
    write(NEW, 100, 2);
    turn();
    assertThat(holds(NEW, 100, 2)).isTrue();
    assertThat(readBack.caughtUp()).isTrue();
  }

  @Test
  void shouldTellEveryGenerationOfAGap() {
    slots.add(move());
    slots.add(fence(100));
    turn();
    StartPosition.Gap gap = new StartPosition.Gap(90, 149, null);
    assertThat(UpstreamGapWriter.records(SOURCE, gap, 150, readBack.lanes(), slots.get()))
        .allSatisfy(record -> assertThat(record.delivery().getSlotMapVersion()).isEqualTo(2))
        .extracting(record -> record.lanePartition().toString())
        .containsExactly("u1-0", "c1-0", "c2-0", "c2-1");
  }

  /** It took longer than others can go on writing: there is nothing left to be followed. */
  @Test
  void shouldTellEveryPartitionOfAGapAlsoAfterItHasEnded() {
    readBack.turn(Duration.ZERO, 1_000_000);
    assertThat(readBack.isFollowing()).isFalse();
    assertThat(readBack.lanes()).hasSize(2);
  }

  @Test
  void shouldPassAFormerGenerationOverThatWasDeleted() {
    slots.add(move());
    slots.add(fence(100));
    slots.add(
        SlotRecord.newBuilder().setSettlement(SlotSettlement.newBuilder().setVersion(2)).build());
    LaneReadBack next = new LaneReadBack(() -> lanes, slots, marks);
    next.begin(0, 60_000);
    assertThat(next.lanes()).doesNotContain(OLD).contains(NEW);
    lanes.updatePartitions(
        OLD.topic(),
        List.of(new PartitionInfo(OLD.topic(), 0, Node.noNode(), new Node[0], new Node[0])));
    next.begin(0, 60_000);
    assertThat(next.lanes()).contains(OLD, NEW);
  }

  private void turn() {
    readBack.turn(Duration.ZERO, 1_000);
  }

  private boolean holds(LanePartition lane, long offset, int version) {
    return marks.holds(lane, SOURCE, new Stamp(offset, 0), version);
  }

  private void write(LanePartition lane, long offset, int version) {
    write(lane, delivery(offset, version).setEvent(Event.newBuilder().setId("1")).build());
  }

  private void write(LanePartition lane, Delivery delivery) {
    long at = ends.merge(lane, 1L, Long::sum) - 1;
    lanes.addRecord(
        new ConsumerRecord<>(
            lane.topic(), lane.partition(), at, new byte[0], delivery.toByteArray()));
  }

  private static Delivery.Builder delivery(long offset, int version) {
    Delivery.Builder delivery =
        Delivery.newBuilder().setSlotMapVersion(version).setChannel("c").addUsers("u");
    delivery
        .getSourceBuilder()
        .setTopicId(SOURCE.topicId())
        .setPartition(SOURCE.partition())
        .setOffset(offset);
    return delivery;
  }

  private static SlotRecord move() {
    return SlotRecord.newBuilder()
        .setMove(SlotMove.newBuilder().setVersion(2).setLane("c").setGeneration(2).setPartitions(2))
        .build();
  }

  private static SlotRecord fence(long offset) {
    SourceOffset first =
        SourceOffset.newBuilder().setTopicId(SOURCE.topicId()).setOffset(offset).build();
    return SlotRecord.newBuilder()
        .setFence(SlotFence.newBuilder().setVersion(2).addFirst(first))
        .build();
  }
}
