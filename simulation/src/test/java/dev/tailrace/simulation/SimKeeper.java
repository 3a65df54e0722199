package dev.tailrace.simulation;

import dev.tailrace.dispatcher.pump.PumpState;
import dev.tailrace.dispatcher.pump.PumpStatus;
import dev.tailrace.dispatcher.slots.HandKeeper;
import dev.tailrace.dispatcher.slots.MoveLog;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.schemas.SourceId;
import dev.tailrace.schemas.Topics;
import dev.tailrace.v1.SlotRecord;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * A dispatcher's part in moves of slots: says what its pump has reached, and leads while that has
 * the first ingress partition. Who has led before writes nothing any more, as by a transactional
 * id.
 *
 * <p>Threading: one test thread.
 */
final class SimKeeper implements HandKeeper.Kafka {
  private final SimCluster cluster;
  private final SimProcess process;
  private final SimSlots slots;
  private final SimLog log;
  private final Supplier<PumpStatus> pump;
  private final Runnable onCommitted;
  private final HandKeeper keeper;
  private int term;
  private long readTo;

  /**
   * One that has said nothing yet.
   *
   * @param moves what is said beside the versions
   * @param onCommitted hears of records in topics that it makes
   */
  SimKeeper(
      SimCluster cluster,
      SimProcess process,
      SimSlots slots,
      MoveLog moves,
      Supplier<PumpStatus> pump,
      Runnable onCommitted) {
    this.cluster = cluster;
    this.process = process;
    this.slots = slots;
    this.log = cluster.logs(Topics.SLOTS).getFirst();
    this.pump = pump;
    this.onCommitted = onCommitted;
    this.keeper = new HandKeeper(slots, moves, this, process.wallClock());
  }

  SimKeeper start() {
    process.thread(this::turn);
    return this;
  }

  private boolean turn() {
    PumpStatus status = pump.get();
    for (SlotRecord reached : keeper.reports(List.of(status))) {
      process.after(cluster.world().between(1, 5), () -> append(reached));
    }
    if (process.isConnected() && log.hasLeader()) {
      lead(status);
    }
    return true;
  }

  /** What is lost is said again. */
  private void append(SlotRecord record) {
    if (process.isConnected() && log.hasLeader()) {
      write(record);
    }
  }

  private void lead(PumpStatus status) {
    boolean first =
        status.state() != PumpState.STOPPED
            && status.sources().stream().anyMatch(source -> source.partition() == 0);
    if (!first) {
      term = 0;
    } else if (keeper.hasWork()) {
      if (term == 0) {
        term = cluster.nextTerm();
        readTo = log.end();
      }
      if (slots.hasRead(readTo)) {
        writeNext();
      }
    }
  }

  private void writeNext() {
    SlotRecord next = keeper.next();
    if (next != null && term != cluster.term()) {
      term = 0; // another leads
    } else if (next != null) {
      readTo = write(next);
    }
  }

  private long write(SlotRecord record) {
    String writer = process.name() + "/slots/" + cluster.world().steps();
    return log.append(
        new SimLog.Written(
            writer, 1, process.millis(), record.toByteString(), new RecordHeaders()));
  }

  @Override
  public Map<SourceId, Long> sourceEnds() {
    Uuid topic = cluster.id(Topics.EVENTS);
    Map<SourceId, Long> ends = new HashMap<>();
    for (SimLog source : cluster.logs(Topics.EVENTS)) {
      ends.put(
          new SourceId(
              topic.getMostSignificantBits(),
              topic.getLeastSignificantBits(),
              source.partition().partition()),
          source.end());
    }
    return ends;
  }

  @Override
  public long laneEnd(LanePartition partition) {
    return cluster.log(new TopicPartition(partition.topic(), partition.partition())).end();
  }

  @Override
  public void create(String topic, int partitions) {
    if (!cluster.has(topic)) {
      cluster.create(topic, partitions, onCommitted);
    }
  }
}
