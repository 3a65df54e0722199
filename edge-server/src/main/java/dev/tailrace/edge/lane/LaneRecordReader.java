package dev.tailrace.edge.lane;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.tailrace.edge.log.LogEntry;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.v1.Delivery;
import dev.tailrace.v1.UpstreamGap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns the records of one lane partition, read in order, into log entries: parses them and folds
 * them by source stamp.
 *
 * <p>Threading: one owner.
 */
public final class LaneRecordReader {
  private static final byte[] LOSS =
      Delivery.newBuilder().setUpstreamGap(UpstreamGap.getDefaultInstance()).build().toByteArray();

  private final LanePartition partition;
  private final SourceFold fold;
  private long rejected;
  private long repeated;

  /** A reader whose fold starts empty. */
  public LaneRecordReader(LanePartition partition) {
    this(partition, new SourceFold());
  }

  private LaneRecordReader(LanePartition partition, SourceFold fold) {
    this.partition = partition;
    this.fold = fold;
  }

  /** Another reader that goes on from where this one is. */
  public LaneRecordReader copy() {
    return new LaneRecordReader(partition, fold.copy());
  }

  /**
   * The next record.
   *
   * @return its entry, which is a loss when it is no delivery; null when it is a repetition
   */
  public @Nullable LogEntry read(long offset, long timestampMs, byte @Nullable [] value) {
    Delivery delivery = parse(value);
    if (delivery == null) {
      return lost(offset, timestampMs);
    }
    if (!fold.accept(delivery.getSource())) {
      repeated++;
      return null;
    }
    return new LogEntry(
        partition,
        offset,
        timestampMs,
        ttlMs(delivery),
        delivery.getChannel().isEmpty() ? null : delivery.getChannel(),
        List.copyOf(delivery.getUsersList()),
        delivery.getEvent().getConflationKey(),
        delivery.hasUpstreamGap(),
        value == null ? new byte[0] : value);
  }

  /**
   * The entry of a record that cannot be read: nobody knows whom it was for, so it tells everybody
   * on the partition that something is lost. No source has it, nor does it move a mark.
   */
  public LogEntry lost(long offset, long timestampMs) {
    rejected++;
    return new LogEntry(partition, offset, timestampMs, -1, null, List.of(), "", true, LOSS);
  }

  private static @Nullable Delivery parse(byte @Nullable [] value) {
    if (value == null) {
      return null;
    }
    try {
      Delivery delivery = Delivery.parseFrom(value);
      return delivery.hasSource() && (delivery.hasEvent() || delivery.hasUpstreamGap())
          ? delivery
          : null;
    } catch (InvalidProtocolBufferException e) {
      return null;
    }
  }

  private static long ttlMs(Delivery delivery) {
    if (!delivery.getEvent().hasTtl()) {
      return -1;
    }
    long seconds = delivery.getEvent().getTtl().getSeconds();
    return seconds * 1000 + delivery.getEvent().getTtl().getNanos() / 1_000_000;
  }

  /** Records so far that were repetitions. */
  public long repeated() {
    return repeated;
  }

  /** Records so far that were no deliveries, or could not be read. */
  public long rejected() {
    return rejected;
  }
}
