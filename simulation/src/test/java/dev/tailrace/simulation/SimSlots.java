package dev.tailrace.simulation;

import dev.tailrace.dispatcher.pump.SlotVersions;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.schemas.SlotMaps;
import dev.tailrace.support.slots.KnownSlots;

/**
 * What one process knows of the slot map.
 *
 * <p>Threading: one test thread.
 */
final class SimSlots implements KnownSlots, SlotVersions {
  private final SimProcess process;
  private final SlotMaps maps;

  SimSlots(SimProcess process, SlotMap initial) {
    this.process = process;
    this.maps = SlotMaps.of(initial);
  }

  @Override
  public SlotMaps get() {
    return maps;
  }

  @Override
  public boolean hasRead(long end) {
    return true;
  }

  @Override
  public long heardMs() {
    return process.millis();
  }
}
