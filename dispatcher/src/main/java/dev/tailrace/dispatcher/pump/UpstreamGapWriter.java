package dev.tailrace.dispatcher.pump;

import com.google.protobuf.Timestamp;
import dev.tailrace.dispatcher.routing.LaneRecord;
import dev.tailrace.dispatcher.routing.SourcePartition;
import dev.tailrace.dispatcher.routing.Stamp;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.schemas.SlotMaps;
import dev.tailrace.v1.Delivery;
import dev.tailrace.v1.SourceStamp;
import dev.tailrace.v1.UpstreamGap;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the records that tell every lane partition, of all generations, what ingress lost before it
 * was dispatched. They carry the version that holds at their stamp, and are never void.
 *
 * <p>Threading: stateless.
 */
final class UpstreamGapWriter {
  private UpstreamGapWriter() {}

  /** One record per lane partition, stamped just below the first offset that survived. */
  static List<LaneRecord> records(
      SourcePartition source,
      StartPosition.Gap gap,
      long firstSurviving,
      List<LanePartition> lanes,
      SlotMaps maps) {
    Stamp stamp = Stamp.last(firstSurviving - 1);
    UpstreamGap.Builder told =
        UpstreamGap.newBuilder().setFirstOffset(gap.firstOffset()).setLastOffset(gap.lastOffset());
    Long survivorMs = gap.survivorMs();
    if (survivorMs != null) {
      told.setTo(
          Timestamp.newBuilder()
              .setSeconds(Math.floorDiv(survivorMs, 1_000L))
              .setNanos((int) Math.floorMod(survivorMs, 1_000L) * 1_000_000));
    }
    Delivery delivery =
        Delivery.newBuilder()
            .setSource(
                SourceStamp.newBuilder()
                    .setTopicId(source.topicId())
                    .setPartition(source.partition())
                    .setOffset(stamp.offset())
                    .setSubIndex(stamp.subIndex()))
            .setSlotMapVersion(maps.at(source.id(), stamp.offset()).version())
            .setUpstreamGap(told)
            .build();
    List<LaneRecord> records = new ArrayList<>();
    for (LanePartition lane : lanes) {
      records.add(new LaneRecord(lane, stamp, delivery));
    }
    return records;
  }
}
