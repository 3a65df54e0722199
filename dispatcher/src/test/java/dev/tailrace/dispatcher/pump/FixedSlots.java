package dev.tailrace.dispatcher.pump;

import dev.tailrace.schemas.SlotMap;
import dev.tailrace.schemas.SlotMaps;
import dev.tailrace.v1.SlotRecord;

/** The slot map as a test has it, all of it read unless it says otherwise. */
final class FixedSlots implements SlotVersions {
  private SlotMaps maps;
  private long read = Long.MAX_VALUE;

  FixedSlots(int userPartitions, int channelPartitions) {
    maps = SlotMaps.of(SlotMap.initial(userPartitions, channelPartitions));
  }

  void add(SlotRecord record) {
    maps = maps.with(record);
  }

  void readTo(long end) {
    read = end;
  }

  @Override
  public SlotMaps get() {
    return maps;
  }

  @Override
  public boolean hasRead(long end) {
    return read >= end;
  }
}
