package dev.tailrace.edge.lane;

import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.schemas.SlotMaps;
import dev.tailrace.support.slots.KnownSlots;
import dev.tailrace.v1.LaneOffset;
import dev.tailrace.v1.SlotFence;
import dev.tailrace.v1.SlotMove;
import dev.tailrace.v1.SlotRecord;
import dev.tailrace.v1.SlotSettlement;
import dev.tailrace.v1.SourceOffset;
import java.time.Instant;

/**
 * The versions of the slot map, moved on by hand: two user partitions and four channel partitions
 * at first.
 *
 * <p>Threading: one test thread writes.
 */
public final class HandSlots implements KnownSlots {
  private SlotMaps maps = SlotMaps.of(SlotMap.initial(2, 4));
  private volatile SlotMaps heard = maps;
  private volatile long heardMs = Long.MAX_VALUE;
  private boolean late;

  /** As far as an edge has heard of them. */
  @Override
  public SlotMaps get() {
    return heard;
  }

  @Override
  public long heardMs() {
    return heardMs;
  }

  /** As they are. */
  public SlotMaps present() {
    return maps;
  }

  /** From now on edges hear of them with {@link #hear} only. */
  public void setLate(long nowMs) {
    late = true;
    heardMs = nowMs;
  }

  /** Edges hear of all that there is. */
  public void hear(long nowMs) {
    heard = maps;
    heardMs = nowMs;
  }

  /** Whether edges know all that there is. */
  public boolean isHeard() {
    return heard == maps;
  }

  private void record(SlotRecord.Builder record) {
    maps = maps.with(record.build());
    if (!late) {
      heard = maps;
    }
  }

  /** A move is announced: the lane's slots go to so many partitions. */
  public void grow(Lane lane, int partitions) {
    announce(move(lane).setPartitions(partitions));
  }

  /** A move is announced: a slot goes to a partition of its own. */
  public void isolate(Lane lane, int slot) {
    announce(move(lane).setPartitions(1).setIsolatedSlot(slot));
  }

  private SlotMove.Builder move(Lane lane) {
    SlotMap newest = maps.newest();
    return SlotMove.newBuilder()
        .setVersion(newest.version() + 1)
        .setLane(String.valueOf(lane.letter()))
        .setGeneration(newest.generations(lane) + 1);
  }

  private void announce(SlotMove.Builder move) {
    record(SlotRecord.newBuilder().setMove(move));
  }

  /** The move holds from this offset of the first ingress partition on. */
  public void fence(long sourceOffset) {
    SourceOffset first =
        SourceOffset.newBuilder().setTopicId(Stamped.TOPIC).setOffset(sourceOffset).build();
    record(
        SlotRecord.newBuilder()
            .setFence(SlotFence.newBuilder().setVersion(maps.newest().version()).addFirst(first)));
  }

  /** All below the fence lies in these lanes. */
  public void settle(MemoryLanes lanes, Instant at) {
    SlotMove move = maps.pending();
    if (move == null) {
      throw new IllegalStateException("no move is under way");
    }
    Lane lane = Lane.of(move.getLane());
    SlotSettlement.Builder settlement =
        SlotSettlement.newBuilder().setVersion(maps.newest().version());
    settlement.getAtBuilder().setSeconds(at.getEpochSecond()).setNanos(at.getNano());
    for (LanePartition partition : maps.settled().everyPartition()) {
      if (partition.lane() == lane) {
        settlement.addEnds(
            LaneOffset.newBuilder()
                .setGeneration(partition.generation())
                .setPartition(partition.partition())
                .setOffset(lanes.end(partition)));
      }
    }
    record(SlotRecord.newBuilder().setSettlement(settlement));
  }
}
