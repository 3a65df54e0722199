package dev.tailrace.support.slots;

import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.SlotHash;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.v1.SlotMove;
import dev.tailrace.v1.SlotRequest;

/**
 * Which moves there can be.
 *
 * <p>Threading: stateless.
 */
public final class MoveRules {
  private MoveRules() {}

  /** Why this request cannot follow this map, in words; empty when it can. */
  public static String refusal(SlotRequest request, SlotMap newest) {
    Lane lane = Lane.of(request.getLane());
    if (lane == null) {
      return "there is no lane '%s'".formatted(request.getLane());
    }
    return switch (request.getWhatCase()) {
      case GROW_TO -> growing(lane, request.getGrowTo(), newest);
      case ISOLATE_SLOT -> isolating(lane, request.getIsolateSlot(), newest);
      case WHAT_NOT_SET -> "it asks for nothing that this dispatcher knows";
    };
  }

  private static String growing(Lane lane, int partitions, SlotMap newest) {
    int now = newest.partitions(lane);
    if (partitions > SlotMap.MAX_PARTITIONS) {
      return "a lane has %,d partitions at most".formatted(SlotMap.MAX_PARTITIONS);
    }
    return partitions > now
        ? ""
        : "the %s lane has %d partitions: it grows to more than that, or not at all"
            .formatted(name(lane), now);
  }

  private static String isolating(Lane lane, int slot, SlotMap newest) {
    if (lane == Lane.CHANNELS && slot == SlotHash.BROADCAST_SLOT) {
      return "$broadcast has a partition of its own and cannot be isolated";
    }
    if (slot < 0 || slot >= SlotHash.SLOTS) {
      return "there is no slot %d: they are 0 to %d".formatted(slot, SlotHash.SLOTS - 1);
    }
    return newest.isIsolated(lane, slot)
        ? "slot %d of the %s lane is isolated already, on %s"
            .formatted(slot, name(lane), newest.partition(lane, slot))
        : "";
  }

  /** The move that does it. */
  public static SlotMove move(SlotRequest request, SlotMap newest) {
    Lane lane = Lane.of(request.getLane());
    if (lane == null) {
      throw new IllegalArgumentException("there is no lane " + request.getLane());
    }
    SlotMove.Builder move =
        SlotMove.newBuilder()
            .setVersion(newest.version() + 1)
            .setLane(request.getLane())
            .setGeneration(newest.generations(lane) + 1)
            .setPartitions(1)
            .setRequestId(request.getId());
    if (request.hasIsolateSlot()) {
      move.setIsolatedSlot(request.getIsolateSlot());
    } else {
      move.setPartitions(request.getGrowTo());
    }
    return move.build();
  }

  private static String name(Lane lane) {
    return lane == Lane.USERS ? "user" : "channel";
  }
}
