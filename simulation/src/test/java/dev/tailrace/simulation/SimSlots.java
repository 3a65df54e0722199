package dev.tailrace.simulation;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.tailrace.dispatcher.pump.SlotVersions;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.schemas.SlotMaps;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.slots.KnownSlots;
import dev.tailrace.v1.SlotRecord;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What one process has read of the slots' topic.
 *
 * <p>Threading: one test thread.
 */
final class SimSlots implements KnownSlots, SlotVersions {
  private static final int MOST_RECORDS = 5;

  private final SimProcess process;
  private final SimLog log;
  private final Consumer<SlotRecord> onRecord;
  private SlotMaps maps;
  private long position;
  private long heardMs;

  SimSlots(SimCluster cluster, SimProcess process, SlotMap initial, Consumer<SlotRecord> onRecord) {
    this.process = process;
    this.log = cluster.logs(Topics.SLOTS).getFirst();
    this.onRecord = onRecord;
    this.maps = SlotMaps.of(initial);
  }

  SimSlots start() {
    process.thread(this::turn);
    return this;
  }

  private boolean turn() {
    if (process.isConnected() && log.hasLeader()) {
      long askedMs = process.millis();
      log.read(position, MOST_RECORDS).forEach(this::read);
      if (position == log.end()) {
        heardMs = askedMs;
      }
    }
    return true;
  }

  private void read(ConsumerRecord<byte[], byte[]> one) {
    try {
      SlotRecord record = SlotRecord.parseFrom(one.value());
      maps = maps.with(record);
      onRecord.accept(record);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("nobody writes such a record", e);
    }
    position = one.offset() + 1;
    process.touch();
  }

  /** Whether all has been read that was there when it began. */
  boolean isCurrent() {
    return heardMs > 0;
  }

  @Override
  public SlotMaps get() {
    return maps;
  }

  @Override
  public boolean hasRead(long end) {
    return position >= end;
  }

  @Override
  public long heardMs() {
    return heardMs;
  }
}
