package dev.tailrace.cli;

import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.schemas.SlotHash;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.schemas.SlotMaps;
import dev.tailrace.v1.SlotMove;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The slot map and its moves, as the console's {@code slots} has them.
 *
 * <p>Threading: stateless.
 */
final class SlotsJson {
  private SlotsJson() {}

  /** All of it. */
  static ObjectNode of(SlotMaps maps) {
    SlotMap newest = maps.newest();
    ObjectNode json = JsonLine.object();
    json.put("version", newest.version()).put("settled_version", maps.settled().version());
    ArrayNode lanes = json.putArray("lanes");
    for (Lane lane : Lane.values()) {
      addLane(lanes.addObject().put("lane", name(lane)), newest, lane);
    }
    ArrayNode moves = json.putArray("moves");
    for (SlotMove move : maps.moves()) {
      moves
          .addObject()
          .put("version", move.getVersion())
          .put("text", SlotsPage.describe(move))
          .put("settled", maps.settledMs(move.getVersion()) > 0);
    }
    return json;
  }

  private static void addLane(ObjectNode json, SlotMap map, Lane lane) {
    SortedMap<Integer, Set<Integer>> partitions = new TreeMap<>();
    SortedMap<Integer, Integer> slots = new TreeMap<>();
    ArrayNode isolated = json.putArray("isolated_slots");
    for (int slot = 0; slot < SlotHash.SLOTS; slot++) {
      LanePartition place = map.partition(lane, slot);
      partitions
          .computeIfAbsent(place.generation(), ignored -> new HashSet<>())
          .add(place.partition());
      slots.merge(place.generation(), 1, Integer::sum);
      if (map.isIsolated(lane, slot)) {
        isolated.add(slot);
      }
    }
    ArrayNode generations = json.putArray("generations");
    partitions.forEach(
        (generation, used) ->
            generations
                .addObject()
                .put("generation", generation)
                .put(
                    "partitions",
                    isSpread(map, lane, generation) ? map.partitions(lane) : used.size())
                .put("slots", slots.get(generation)));
  }

  /** Whether it is the one that all slots lie in which are not isolated. */
  private static boolean isSpread(SlotMap map, Lane lane, int generation) {
    for (int slot = 0; slot < SlotHash.SLOTS; slot++) {
      if (!map.isIsolated(lane, slot)) {
        return map.partition(lane, slot).generation() == generation;
      }
    }
    return false;
  }

  /** Where an address lies. */
  static ObjectNode place(SlotMaps maps, Lane lane, String address) {
    int slot = lane == Lane.USERS ? SlotHash.slot(address) : SlotHash.channelSlot(address);
    LanePartition partition = maps.newest().partition(lane, slot);
    return JsonLine.object()
        .put("address", address)
        .put("lane", name(lane))
        .put("slot", slot)
        .put("generation", partition.generation())
        .put("partition", partition.partition())
        .put("topic", partition.topic());
  }

  private static String name(Lane lane) {
    return lane.name().toLowerCase(Locale.ROOT);
  }
}
