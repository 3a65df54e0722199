package dev.tailrace.cli;

import dev.tailrace.dispatcher.slots.MoveLog;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.schemas.SlotHash;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.schemas.SlotMaps;
import dev.tailrace.schemas.SourceId;
import dev.tailrace.v1.SlotMove;
import dev.tailrace.v1.SlotRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The slot map and its moves, in words.
 *
 * <p>Threading: stateless.
 */
final class SlotsPage {
  private SlotsPage() {}

  /** All of it. */
  static List<String> lines(SlotMaps maps, MoveLog log, Map<String, SourceId> sources) {
    List<String> lines = new ArrayList<>();
    SlotMap newest = maps.newest();
    lines.add(
        "version %d%s"
            .formatted(
                newest.version(),
                maps.isQuiet()
                    ? ""
                    : ", %d is the settled one".formatted(maps.settled().version())));
    for (Lane lane : Lane.values()) {
      lines.add(
          "%s: %d partitions in generation %d%s"
              .formatted(
                  name(lane),
                  newest.partitions(lane),
                  spread(newest, lane),
                  isolated(newest, lane)));
    }
    for (SlotMove move : maps.moves()) {
      lines.add(describe(move) + since(maps, move));
    }
    if (!maps.isQuiet()) {
      lines.add(waiting(maps, log, sources));
    }
    for (SlotRequest request : log.open(maps)) {
      lines.add("asked for: " + describe(request));
    }
    return lines;
  }

  private static int spread(SlotMap map, Lane lane) {
    return IntStream.range(0, SlotHash.SLOTS)
        .filter(slot -> !map.isIsolated(lane, slot))
        .mapToObj(slot -> map.partition(lane, slot).generation())
        .findFirst()
        .orElse(1);
  }

  private static String isolated(SlotMap map, Lane lane) {
    String slots =
        IntStream.range(0, SlotHash.SLOTS)
            .filter(slot -> map.isIsolated(lane, slot))
            .mapToObj(slot -> slot + " on " + map.partition(lane, slot).topic())
            .collect(Collectors.joining(", "));
    return slots.isEmpty() ? "" : "; isolated: slot " + slots;
  }

  private static String since(SlotMaps maps, SlotMove move) {
    long settledMs = maps.settledMs(move.getVersion());
    return settledMs == 0 ? "" : ", settled " + Instant.ofEpochMilli(settledMs);
  }

  /** What a move does. */
  static String describe(SlotMove move) {
    Lane lane = Objects.requireNonNull(Lane.of(move.getLane()));
    String topic = new LanePartition(lane, move.getGeneration(), 0).topic();
    return move.hasIsolatedSlot()
        ? "version %d: slot %d of %s alone in %s"
            .formatted(move.getVersion(), move.getIsolatedSlot(), name(lane), topic)
        : "version %d: %s in %s with %d partitions"
            .formatted(move.getVersion(), name(lane), topic, move.getPartitions());
  }

  /** What is asked for. */
  static String describe(SlotRequest request) {
    Lane lane = Lane.of(request.getLane());
    String of = lane == null ? request.getLane() : name(lane);
    return request.hasGrowTo()
        ? "%s to %d partitions".formatted(of, request.getGrowTo())
        : "slot %d of %s alone".formatted(request.getIsolateSlot(), of);
  }

  /** What a pending move waits for. */
  static String waiting(SlotMaps maps, MoveLog log, Map<String, SourceId> sources) {
    int version = maps.newest().version();
    Map<SourceId, Long> fence = maps.fence(version);
    Set<SourceId> done = fence == null ? log.held(version) : log.passed(version);
    List<String> missing =
        sources.entrySet().stream()
            .filter(source -> !done.contains(source.getValue()))
            .filter(source -> fence == null || fence.containsKey(source.getValue()))
            .map(Map.Entry::getKey)
            .toList();
    String stage = fence == null ? "stop reading" : "have written all below the fence";
    return missing.isEmpty()
        ? "waits for a dispatcher to go on"
        : "waits for the pumps of %s to %s".formatted(String.join(", ", missing), stage);
  }

  /** Where an address lies. */
  static String place(SlotMaps maps, Lane lane, String address) {
    int slot = lane == Lane.USERS ? SlotHash.slot(address) : SlotHash.channelSlot(address);
    LanePartition partition = maps.newest().partition(lane, slot);
    return "%s is slot %d of %s, on %s-%d"
        .formatted(address, slot, name(lane), partition.topic(), partition.partition());
  }

  private static String name(Lane lane) {
    return lane.name().toLowerCase(Locale.ROOT);
  }
}
