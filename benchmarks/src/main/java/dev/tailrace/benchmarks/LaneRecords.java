package dev.tailrace.benchmarks;

import dev.tailrace.dispatcher.ingress.EventReader;
import dev.tailrace.dispatcher.ingress.IngressRecord;
import dev.tailrace.dispatcher.routing.LaneRecord;
import dev.tailrace.dispatcher.routing.RouteDecision;
import dev.tailrace.dispatcher.routing.Router;
import dev.tailrace.dispatcher.routing.SourcePartition;
import dev.tailrace.schemas.EventLimits;
import dev.tailrace.schemas.SlotMap;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Events as a dispatcher writes them to the lanes, by its own router. They come from a source of
 * their own, a topic that does not exist: its stamps rise, and no real event is taken for a
 * repetition of one of them.
 *
 * <p>Threading: the publishing thread.
 */
final class LaneRecords implements LoadRecords {
  /**
   * No topic has so many: a dispatcher never takes the source for an earlier form of one of its own
   * partitions.
   */
  private static final int SOURCE_PARTITION = Integer.MAX_VALUE;

  private final Router router =
      new Router(new EventReader(List.of()), EventLimits.DEFAULT, Integer.MAX_VALUE);
  private final SourcePartition source;
  private final SlotMap slotMap;
  private long offset;

  /**
   * @param topicId never used before: an edge drops what is not above the stamps it has seen
   */
  LaneRecords(UUID topicId, SlotMap slotMap) {
    this.source = SourcePartition.of("bench", topicId, SOURCE_PARTITION);
    this.slotMap = slotMap;
  }

  @Override
  public ProducerRecord<byte[], byte[]> record(int address, byte[] event) {
    return switch (router.route(source, offset++, IngressRecord.of(event), slotMap)) {
      case RouteDecision.Deliver deliver -> {
        // An event of a load has one address.
        LaneRecord record = deliver.records().getFirst();
        yield new ProducerRecord<>(
            record.lanePartition().topic(),
            record.lanePartition().partition(),
            null,
            record.value());
      }
      case RouteDecision.DeadLetter letter ->
          throw new BenchException("no dispatcher would take such an event: " + letter.detail());
    };
  }
}
