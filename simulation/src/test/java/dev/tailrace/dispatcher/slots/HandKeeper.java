package dev.tailrace.dispatcher.slots;

import dev.tailrace.dispatcher.pump.PumpStatus;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.schemas.SlotMaps;
import dev.tailrace.schemas.SourceId;
import dev.tailrace.v1.SlotRecord;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a dispatcher's keeper decides in a move of slots, without its thread and its Kafka clients.
 *
 * <p>Threading: one test thread.
 */
public final class HandKeeper {
  /** What it asks of Kafka. */
  public interface Kafka {
    /** Of each ingress partition the offset after all that a pump may have read. */
    Map<SourceId, Long> sourceEnds();

    /** Of a lane partition the offset after all that was written to it. */
    long laneEnd(LanePartition partition);

    /** Makes sure of a generation's topic. */
    void create(String topic, int partitions);
  }

  private record Cluster(Kafka kafka) implements MoveCluster {
    @Override
    public Set<SourceId> sources() {
      return kafka.sourceEnds().keySet();
    }

    @Override
    public Map<SourceId, Long> sourceEnds() {
      return kafka.sourceEnds();
    }

    /** Ingress stays as it is. */
    @Override
    public boolean areGone(Collection<SourceId> sources) {
      return sources.isEmpty();
    }

    @Override
    public Map<LanePartition, Long> laneEnds(Collection<LanePartition> partitions) {
      return partitions.stream().collect(Collectors.toMap(Function.identity(), kafka::laneEnd));
    }

    @Override
    public String createGeneration(String topic, int partitions) {
      kafka.create(topic, partitions);
      return "";
    }
  }

  private final Supplier<SlotMaps> maps;
  private final StageReports reports;
  private final MoveCoordinator coordinator;

  /** One that goes by what its dispatcher has read. */
  public HandKeeper(Supplier<SlotMaps> maps, MoveLog log, Kafka kafka, Clock clock) {
    this.maps = maps;
    this.reports = new StageReports(log, clock);
    this.coordinator = new MoveCoordinator(maps, log, new Cluster(kafka), clock);
  }

  /** What its pumps have reached and is to be written; taken as written. */
  public List<SlotRecord> reports(List<PumpStatus> pumps) {
    return reports.due(maps.get(), pumps);
  }

  /** Whether a move is under way or asked for. */
  public boolean hasWork() {
    return coordinator.hasWork();
  }

  /** What a coordinator writes next; null when others have to do something first. */
  public @Nullable SlotRecord next() {
    return coordinator.next();
  }
}
