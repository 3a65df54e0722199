package dev.tailrace.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.v1.LaneOffset;
import dev.tailrace.v1.SlotFence;
import dev.tailrace.v1.SlotMove;
import dev.tailrace.v1.SlotRecord;
import dev.tailrace.v1.SlotSettlement;
import dev.tailrace.v1.SourceOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class SlotMapsTest {
  private static final SourceId SOURCE = new SourceId(1, 2, 3);
  private static final SourceId ADDED = new SourceId(1, 2, 4);
  private static final int SLOT = 77;

  private SlotMaps maps = SlotMaps.of(SlotMap.initial(2, 3));

  @Test
  void shouldStayWithTheInitialMapWhileNothingIsSaid() {
    assertThat(maps.newest()).isSameAs(maps.settled()).isSameAs(maps.at(SOURCE, 5));
    assertThat(maps.isQuiet()).isTrue();
    assertThat(maps.pending()).isNull();
    assertThat(maps.isVoid(1, SOURCE, 5)).isFalse();
    assertThat(maps.isVoid(2, SOURCE, 5)).as("not heard of yet").isFalse();
  }

  /** Cursors of clients and histories rest on where slots lie: that must never change. */
  @Test
  void shouldSpreadSlotsAsEver() {
    CRC32 spread = new CRC32();
    SlotMap map = SlotMap.initial(8, 9);
    for (Lane lane : Lane.values()) {
      for (int slot = 0; slot <= SlotHash.SLOTS; slot++) {
        spread.update(map.partition(lane, slot).partition());
      }
    }
    assertThat(spread.getValue()).isEqualTo(expectedSpread());
    assertThat(map.partition(Lane.CHANNELS, SlotHash.BROADCAST_SLOT).partition()).isZero();
    assertThat(map.partition(Lane.CHANNELS, 0).partition()).isEqualTo(1);
    assertThat(map.partition(Lane.CHANNELS, 4_095).partition()).isEqualTo(8);
    assertThat(map.partition(Lane.USERS, 4_095).partition()).isEqualTo(7);
  }

  private static long expectedSpread() {
    CRC32 spread = new CRC32();
    for (int slot = 0; slot <= 4_096; slot++) {
      spread.update(slot % 8);
    }
    for (int slot = 0; slot <= 4_096; slot++) {
      spread.update(slot == 4_096 ? 0 : 1 + slot % 8);
    }
    return spread.getValue();
  }

  @Test
  void shouldHoldFromTheFenceOn() {
    say(grow(2, 2, 8));
    assertThat(maps.isFencePending()).isTrue();
    assertThat(maps.at(SOURCE, 1_000).version()).isEqualTo(1);
    assertThat(maps.isVoid(2, SOURCE, 1_000)).as("a fence that is not heard of yet").isFalse();
    say(fence(2, 100));
    assertThat(maps.isFencePending()).isFalse();
    assertThat(maps.isQuiet()).isFalse();
    assertThat(maps.settled().version()).isEqualTo(1);
    assertThat(maps.at(SOURCE, 99).version()).isEqualTo(1);
    assertThat(maps.at(SOURCE, 100).version()).isEqualTo(2);
    assertThat(maps.at(ADDED, 0).version()).as("not named").isEqualTo(2);
    say(settled(2, 5_000, 1));
    assertThat(maps.isQuiet()).isTrue();
    assertThat(maps.settled().version()).isEqualTo(2);
    assertThat(maps.settledMs(2)).isEqualTo(5_000);
  }

  @Test
  void shouldCallVoidWhatTheWrongVersionHasRouted() {
    say(grow(2, 2, 8), fence(2, 100), settled(2, 1, 1), isolate(3, 3, SLOT), fence(3, 300));
    assertThat(versionsThatAreVoid(99)).containsExactly(2, 3);
    assertThat(versionsThatAreVoid(100)).containsExactly(1, 3);
    assertThat(versionsThatAreVoid(299)).containsExactly(1, 3);
    assertThat(versionsThatAreVoid(300)).containsExactly(1, 2);
    assertThat(maps.isVoid(4, SOURCE, 300)).as("not heard of yet").isFalse();
  }

  @Test
  void shouldNotVoidTheHistoryOfATopicThatWasGoneBeforeTheFence() {
    say(grow(2, 2, 8), fence(2, 100));
    assertThat(maps.isVoid(1, new SourceId(9, 9, 0), 50)).isFalse();
    assertThat(maps.isVoid(2, new SourceId(9, 9, 0), 50)).isFalse();
  }

  private List<Integer> versionsThatAreVoid(long offset) {
    return List.of(1, 2, 3).stream().filter(v -> maps.isVoid(v, SOURCE, offset)).toList();
  }

  @Test
  void shouldLeaveAnIsolatedSlotAloneWhenTheLaneGrows() {
    say(isolate(2, 2, SLOT), fence(2, 100), settled(2, 1, 1));
    LanePartition alone = new LanePartition(Lane.CHANNELS, 2, 0);
    assertThat(maps.newest().partition(Lane.CHANNELS, SLOT)).isEqualTo(alone);
    assertThat(maps.newest().isIsolated(Lane.CHANNELS, SLOT)).isTrue();
    assertThat(maps.newest().partitions(Lane.CHANNELS)).isEqualTo(3);
    say(grow(3, 3, 8), fence(3, 200), settled(3, 2, 1));
    SlotMap newest = maps.newest();
    assertThat(newest.partition(Lane.CHANNELS, SLOT)).isEqualTo(alone);
    assertThat(newest.isIsolated(Lane.CHANNELS, SLOT)).isTrue();
    assertThat(newest.isIsolated(Lane.CHANNELS, SLOT + 1)).isFalse();
    assertThat(newest.partitions(Lane.CHANNELS)).isEqualTo(8);
    assertThat(newest.partition(Lane.CHANNELS, SlotHash.BROADCAST_SLOT))
        .isEqualTo(new LanePartition(Lane.CHANNELS, 3, 0));
    assertThat(newest.present(Lane.CHANNELS)).hasSize(9);
    assertThat(newest.everyPartition()).hasSize(2 + 3 + 1 + 8);
    assertThat(newest.partition(Lane.USERS, SLOT)).isEqualTo(new LanePartition(Lane.USERS, 1, 1));
    assertThat(newest.isIsolated(Lane.USERS, SLOT)).isFalse();
  }

  @Test
  void shouldLeadFromPartitionToPartitionOverTwoMoves() {
    LanePartition first = maps.newest().partition(Lane.CHANNELS, SLOT);
    say(grow(2, 2, 8), fence(2, 100));
    assertThat(maps.departure(first, SLOT)).as("not settled").isNull();
    say(settled(2, 1_000, 40));
    LanePartition second = maps.newest().partition(Lane.CHANNELS, SLOT);
    say(isolate(3, 3, SLOT), fence(3, 200), settled(3, 2_000, 50));
    LanePartition third = new LanePartition(Lane.CHANNELS, 3, 0);

    assertThat(maps.departure(first, SLOT))
        .isEqualTo(new SlotMaps.Departure(second, 40, 1_000, false));
    assertThat(maps.departure(second, SLOT))
        .isEqualTo(new SlotMaps.Departure(third, 50, 2_000, true));
    assertThat(maps.departure(third, SLOT)).isNull();
    assertThat(maps.former(third, SLOT)).isEqualTo(second);
    assertThat(maps.former(second, SLOT)).isEqualTo(first);
    assertThat(maps.former(first, SLOT)).isNull();
    assertThat(maps.departure(new LanePartition(Lane.CHANNELS, 1, 0), SLOT))
        .as("it never was there")
        .isNull();
    assertThat(maps.departure(second, SLOT + 8)).as("a neighbour stays").isNull();
  }

  @Test
  void shouldTakeRepetitionsAndRefuseWhatCannotFollow() {
    assertThatThrownBy(() -> maps.with(fence(2, 1))).isInstanceOf(IllegalArgumentException.class);
    say(grow(2, 2, 8));
    assertThatThrownBy(() -> maps.with(grow(3, 3, 16)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> maps.with(settled(2, 1, 1)))
        .isInstanceOf(IllegalArgumentException.class);
    say(fence(2, 100));
    SlotMaps before = maps;
    say(grow(2, 2, 8), fence(2, 999));
    assertThat(maps).isSameAs(before);
    assertThat(maps.fence(2)).isEqualTo(Map.of(SOURCE, 100L));
    assertThat(Objects.requireNonNull(maps.pending()).getVersion()).isEqualTo(2);
  }

  private void say(SlotRecord... records) {
    for (SlotRecord record : records) {
      maps = maps.with(record);
    }
  }

  private static SlotRecord grow(int version, int generation, int partitions) {
    return SlotRecord.newBuilder()
        .setMove(
            SlotMove.newBuilder()
                .setVersion(version)
                .setLane("c")
                .setGeneration(generation)
                .setPartitions(partitions))
        .build();
  }

  private static SlotRecord isolate(int version, int generation, int slot) {
    SlotRecord.Builder record = grow(version, generation, 1).toBuilder();
    record.getMoveBuilder().setIsolatedSlot(slot);
    return record.build();
  }

  private static SlotRecord fence(int version, long offset) {
    return SlotRecord.newBuilder()
        .setFence(
            SlotFence.newBuilder()
                .setVersion(version)
                .addFirst(
                    SourceOffset.newBuilder()
                        .setTopicId(SOURCE.topicId())
                        .setPartition(SOURCE.partition())
                        .setOffset(offset)))
        .build();
  }

  /** All that were left end there. */
  private static SlotRecord settled(int version, long atMs, long end) {
    SlotSettlement.Builder settlement = SlotSettlement.newBuilder().setVersion(version);
    settlement.getAtBuilder().setSeconds(atMs / 1_000).setNanos((int) (atMs % 1_000) * 1_000_000);
    for (int generation = 1; generation < version; generation++) {
      for (int partition = 0; partition < 8; partition++) {
        settlement.addEnds(
            LaneOffset.newBuilder()
                .setGeneration(generation)
                .setPartition(partition)
                .setOffset(end));
      }
    }
    return SlotRecord.newBuilder().setSettlement(settlement).build();
  }
}
