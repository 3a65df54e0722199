package dev.tailrace.support.slots;

import dev.tailrace.schemas.SlotMaps;
import java.util.function.Supplier;

/** The versions of the slot map that are known, and up to when. From any thread. */
public interface KnownSlots extends Supplier<SlotMaps> {
  /** Whatever was settled up to then is known; milliseconds since the epoch. */
  long heardMs();
}
