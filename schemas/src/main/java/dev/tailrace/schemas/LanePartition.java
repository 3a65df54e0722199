package dev.tailrace.schemas;

import java.util.Comparator;

/**
 * One partition of one generation of a lane.
 *
 * @param generation from 1; a lane that grows gets a new generation, its own topic
 */
public record LanePartition(Lane lane, int generation, int partition)
    implements Comparable<LanePartition> {
  private static final Comparator<LanePartition> ORDER =
      Comparator.comparing(LanePartition::lane)
          .thenComparingInt(LanePartition::generation)
          .thenComparingInt(LanePartition::partition);

  /** The Kafka topic it lies in. */
  public String topic() {
    return generation == 1 ? lane.topic() : lane.topic() + ".g" + generation;
  }

  /** Users before channels; within a lane by generation, then partition. */
  @Override
  public int compareTo(LanePartition other) {
    return ORDER.compare(this, other);
  }

  /** As in a cursor, without the offset: {@code c1-17} in decimal. */
  @Override
  public String toString() {
    return lane.letter() + "" + generation + "-" + partition;
  }
}
