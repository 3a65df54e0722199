package dev.tailrace.simulation;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.tailrace.v1.Delivery;
import dev.tailrace.v1.SourceStamp;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What retention may take of a lane where it is as long as is asked for: longer than any time
 * without a dispatcher, so nothing that no commit covers, and longer than the fold's horizon, so no
 * copy outlives the first of its kind. Two deliveries of one event in a lane's partition count as
 * copies here, so that they go together.
 *
 * <p>Threading: one test thread.
 */
final class LaneRetention {
  private LaneRetention() {}

  /**
   * Where a lane may begin instead of at an offset: as little behind it as can be, or else as
   * little before it.
   *
   * @param records all of the lane
   * @param isCommitted whether the dispatchers have committed an event
   */
  static long cut(
      List<ConsumerRecord<byte[], byte[]>> records,
      long wanted,
      Predicate<SourceStamp> isCommitted) {
    if (records.isEmpty()) {
      return wanted;
    }
    List<SourceStamp> sources = records.stream().map(LaneRetention::source).toList();
    int covered = 0;
    while (covered < sources.size() && isCommitted.test(sources.get(covered))) {
      covered++;
    }
    long first = records.getFirst().offset();
    int asked = Math.clamp(wanted - first, 0, covered);
    for (int taken = asked; taken <= covered; taken++) {
      if (leavesNoCopy(sources, taken)) {
        return first + taken;
      }
    }
    for (int taken = asked - 1; taken > 0; taken--) {
      if (leavesNoCopy(sources, taken)) {
        return first + taken;
      }
    }
    return first;
  }

  private static boolean leavesNoCopy(List<SourceStamp> sources, int taken) {
    Map<Integer, Long> newest = new HashMap<>();
    sources
        .subList(0, taken)
        .forEach(source -> newest.merge(source.getPartition(), source.getOffset(), Math::max));
    return sources.subList(taken, sources.size()).stream()
        .allMatch(source -> source.getOffset() > newest.getOrDefault(source.getPartition(), -1L));
  }

  private static SourceStamp source(ConsumerRecord<byte[], byte[]> record) {
    try {
      return Delivery.parseFrom(record.value()).getSource();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("pumps write deliveries", e);
    }
  }
}
