package dev.tailrace.dispatcher.pump;

import dev.tailrace.schemas.SlotMaps;

/**
 * What pumps know of {@code tailrace.slots}.
 *
 * <p>Threading: any.
 */
public interface SlotVersions {
  /** The versions of the slot map, as far as they were read. */
  SlotMaps get();

  /** Whether all below this offset of the topic counts in {@link #get}. */
  boolean hasRead(long end);
}
