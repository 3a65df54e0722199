package dev.tailrace.dispatcher.slots;

import com.google.protobuf.Timestamp;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.schemas.SlotHash;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.schemas.SlotMaps;
import dev.tailrace.schemas.SourceId;
import dev.tailrace.support.slots.MoveRules;
import dev.tailrace.v1.LaneOffset;
import dev.tailrace.v1.SlotFence;
import dev.tailrace.v1.SlotMove;
import dev.tailrace.v1.SlotRecord;
import dev.tailrace.v1.SlotRefusal;
import dev.tailrace.v1.SlotRequest;
import dev.tailrace.v1.SlotSettlement;
import dev.tailrace.v1.SourceOffset;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides what comes next in a move of slots, from nothing but what the topic says:
 *
 * <pre>
 * request -> (refusal | move) -> all held -> fence -> all passed -> settlement
 * </pre>
 *
 * One request at a time, the oldest first. Whoever writes a record that this asks for has to read
 * it back before asking again; then any step may be done again after a crash.
 *
 * <p>Threading: the keeper's thread only.
 */
final class MoveCoordinator {
  private final Supplier<SlotMaps> maps;
  private final MoveLog log;
  private final MoveCluster cluster;
  private final Clock clock;

  MoveCoordinator(Supplier<SlotMaps> maps, MoveLog log, MoveCluster cluster, Clock clock) {
    this.maps = maps;
    this.log = log;
    this.cluster = cluster;
    this.clock = clock;
  }

  /** Whether a move is under way or asked for. */
  boolean hasWork() {
    SlotMaps now = maps.get();
    return !now.isQuiet() || !log.open(now).isEmpty();
  }

  /** The record to write next; null when there is none, or others have to do something first. */
  @Nullable SlotRecord next() {
    SlotMaps now = maps.get();
    SlotMove move = now.pending();
    if (move == null) {
      List<SlotRequest> open = log.open(now);
      return open.isEmpty() ? null : answer(open.getFirst(), now.newest());
    }
    return now.isFencePending() ? fence(move.getVersion()) : settlement(move, now);
  }

  private SlotRecord answer(SlotRequest request, SlotMap newest) {
    String refusal = MoveRules.refusal(request, newest);
    if (refusal.isEmpty()) {
      SlotMove move = MoveRules.move(request, newest);
      LanePartition first = new LanePartition(lane(move), move.getGeneration(), 0);
      refusal = cluster.createGeneration(first.topic(), move.getPartitions());
      if (refusal.isEmpty()) {
        return SlotRecord.newBuilder().setMove(move).build();
      }
    }
    return SlotRecord.newBuilder()
        .setRefusal(SlotRefusal.newBuilder().setId(request.getId()).setReason(refusal))
        .build();
  }

  private static Lane lane(SlotMove move) {
    return Objects.requireNonNull(Lane.of(move.getLane()));
  }

  /**
   * All that any pump has read lies below these ends: what is held is asked before the ends are,
   * and nobody reads on before the fence.
   */
  private @Nullable SlotRecord fence(int version) {
    Set<SourceId> held = log.held(version);
    if (!held.containsAll(cluster.sources())) {
      return null;
    }
    Map<SourceId, Long> ends = cluster.sourceEnds();
    if (!held.containsAll(ends.keySet())) { // a partition was added in between
      return null;
    }
    Set<SourceId> others = new HashSet<>(held);
    others.removeAll(ends.keySet());
    if (!cluster.areGone(others)) { // a pump reads what the broker that was asked does not know yet
      return null;
    }
    SlotFence.Builder fence = SlotFence.newBuilder().setVersion(version);
    ends.forEach(
        (source, end) ->
            fence.addFirst(
                SourceOffset.newBuilder()
                    .setTopicId(source.topicId())
                    .setPartition(source.partition())
                    .setOffset(end)));
    return SlotRecord.newBuilder().setFence(fence).build();
  }

  /** Sources whose topic was deleted meanwhile have nothing more to bring. */
  private @Nullable SlotRecord settlement(SlotMove move, SlotMaps now) {
    int version = move.getVersion();
    Map<SourceId, Long> fence = Objects.requireNonNull(now.fence(version));
    Set<SourceId> missing = new HashSet<>(fence.keySet());
    missing.removeAll(log.passed(version));
    if (!cluster.areGone(missing)) {
      return null;
    }
    Set<LanePartition> left = left(lane(move), now.map(version - 1), now.newest());
    Instant at = clock.instant();
    SlotSettlement.Builder settlement =
        SlotSettlement.newBuilder()
            .setVersion(version)
            .setAt(Timestamp.newBuilder().setSeconds(at.getEpochSecond()).setNanos(at.getNano()));
    cluster
        .laneEnds(left)
        .forEach(
            (partition, end) ->
                settlement.addEnds(
                    LaneOffset.newBuilder()
                        .setGeneration(partition.generation())
                        .setPartition(partition.partition())
                        .setOffset(end)));
    return SlotRecord.newBuilder().setSettlement(settlement).build();
  }

  private static Set<LanePartition> left(Lane lane, SlotMap before, SlotMap after) {
    Set<LanePartition> left = new HashSet<>();
    for (int slot = 0; slot <= SlotHash.SLOTS; slot++) {
      LanePartition former = before.partition(lane, slot);
      if (!former.equals(after.partition(lane, slot))) {
        left.add(former);
      }
    }
    return left;
  }
}
