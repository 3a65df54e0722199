package dev.tailrace.edge.lane;

import dev.tailrace.edge.log.LogEntry;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.schemas.SlotMaps;
import dev.tailrace.v1.Delivery;
import dev.tailrace.v1.UpstreamGap;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns the records of one lane partition, read in order, into log entries: looks whom they are for
 * and folds them by source stamp. Records that the wrong version of the slot map has routed are
 * void ({@link SlotMaps}): they are passed over before the fold, as repetitions are after it.
 *
 * <p>Threading: one owner.
 */
public final class LaneRecordReader {
  private static final byte[] LOSS =
      Delivery.newBuilder().setUpstreamGap(UpstreamGap.getDefaultInstance()).build().toByteArray();

  private final LanePartition partition;
  private final SourceFold fold;
  private final KnownTexts texts;
  private final Supplier<SlotMaps> slots;
  private final DeliveryFields fields;
  private long rejected;
  private long repeated;

  /**
   * A reader whose fold starts empty.
   *
   * @param texts of all readers that have the same owner
   * @param slots the versions of the slot map that are known now
   */
  public LaneRecordReader(LanePartition partition, KnownTexts texts, Supplier<SlotMaps> slots) {
    this(partition, texts, slots, new SourceFold());
  }

  private LaneRecordReader(
      LanePartition partition, KnownTexts texts, Supplier<SlotMaps> slots, SourceFold fold) {
    this.partition = partition;
    this.texts = texts;
    this.slots = slots;
    this.fold = fold;
    this.fields = DeliveryFields.ofAddressed(texts);
  }

  /** Another reader of the same owner that goes on from where this one is. */
  public LaneRecordReader copy() {
    return new LaneRecordReader(partition, texts, slots, fold.copy());
  }

  /**
   * The next record.
   *
   * @return its entry, which is a loss when it is no delivery; null when it is a repetition, or
   *     void
   */
  public @Nullable LogEntry read(long offset, long timestampMs, byte @Nullable [] value) {
    if (value == null || !fields.readDelivery(value)) {
      return lost(offset, timestampMs);
    }
    if (isVoid() || !fold.accept(fields)) {
      repeated++;
      return null;
    }
    return new LogEntry(
        partition,
        offset,
        timestampMs,
        fields.ttlMs(),
        fields.channel().isEmpty() ? null : texts.text(fields.channel()),
        fields.users(),
        texts.text(fields.conflationKey()),
        fields.hasUpstreamGap(),
        value);
  }

  /** What ingress lost is told in every partition, by whatever version. */
  private boolean isVoid() {
    SlotMaps known = slots.get();
    int version = fields.slotMapVersion();
    return version < known.newest().version()
        && !fields.hasUpstreamGap()
        && known.isVoid(version, fields.source(), fields.sourceOffset());
  }

  /**
   * The entry of a record that cannot be read: nobody knows whom it was for, so it tells everybody
   * on the partition that something is lost. No source has it, nor does it move a mark.
   */
  public LogEntry lost(long offset, long timestampMs) {
    rejected++;
    return new LogEntry(partition, offset, timestampMs, -1, null, List.of(), "", true, LOSS);
  }

  /** Records so far that were repetitions, or void. */
  public long repeated() {
    return repeated;
  }

  /** Records so far that were no deliveries, or could not be read. */
  public long rejected() {
    return rejected;
  }
}
