package dev.tailrace.dispatcher.slots;

import dev.tailrace.dispatcher.pump.PumpState;
import dev.tailrace.dispatcher.pump.PumpStatus;
import dev.tailrace.dispatcher.pump.SourceState;
import dev.tailrace.schemas.SlotMaps;
import dev.tailrace.schemas.SourceId;
import dev.tailrace.support.slots.SlotRecords;
import dev.tailrace.v1.SlotMove;
import dev.tailrace.v1.SlotRecord;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Says what the pumps of this process have reached in the move that is under way: which of their
 * source partitions are held, and which have passed the fence. What the topic does not tell yet
 * after 5 s is said again.
 *
 * <p>Threading: the keeper's thread only.
 */
final class StageReports {
  private static final long AGAIN_MS = 5_000;

  private final MoveLog log;
  private final Clock clock;
  private final Map<SlotRecord, Long> saidMs = new HashMap<>();

  StageReports(MoveLog log, Clock clock) {
    this.log = log;
    this.clock = clock;
  }

  /** What is to be written now; taken as written. */
  List<SlotRecord> due(SlotMaps maps, List<PumpStatus> pumps) {
    SlotMove move = maps.pending();
    if (move == null) {
      saidMs.clear();
      return List.of();
    }
    int version = move.getVersion();
    List<SlotRecord> reached = new ArrayList<>();
    Map<SourceId, Long> fence = maps.fence(version);
    Set<SourceId> told = fence == null ? log.held(version) : log.passed(version);
    for (PumpStatus pump : pumps) {
      if (pump.state() == PumpState.STOPPED) {
        continue;
      }
      boolean held = pump.hold().version() == version && pump.hold().confirmed();
      for (PumpStatus.Source source : pump.sources()) {
        SourceId id = source.id();
        if (id == null || told.contains(id)) {
          continue;
        }
        if (fence == null && held) {
          reached.add(SlotRecords.held(version, id));
        } else if (fence != null
            && source.state() == SourceState.RUNNING
            && source.acknowledged() >= fence.getOrDefault(id, 0L)) {
          reached.add(SlotRecords.passed(version, id));
        }
      }
    }
    long now = clock.millis();
    reached.removeIf(record -> now - saidMs.getOrDefault(record, now - AGAIN_MS) < AGAIN_MS);
    reached.forEach(record -> saidMs.put(record, now));
    return reached;
  }
}
