package dev.tailrace.schemas;

import dev.tailrace.v1.LaneOffset;
import dev.tailrace.v1.SlotFence;
import dev.tailrace.v1.SlotMove;
import dev.tailrace.v1.SlotRecord;
import dev.tailrace.v1.SlotSettlement;
import dev.tailrace.v1.SourceOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All versions of the slot map, as {@code tailrace.slots} tells of them. A version is announced,
 * then has a fence, and at last is settled; the next is not announced before.
 *
 * <ul>
 *   <li>A record of an ingress partition is routed by the version whose fence it has reached: that
 *       depends on nothing but its offset. A lane record that was routed by another is void,
 *       whoever wrote it.
 *   <li>A reader stays with the partitions of the settled version. What a slot has left holds all
 *       that was ever written for it there below the settled end; its next partition, from its
 *       start, has what follows.
 * </ul>
 *
 * <p>Threading: immutable.
 */
public final class SlotMaps {
  /**
   * Where a slot goes on.
   *
   * @param end below it the partition that was left has all of the slot
   * @param atMs when that was settled, milliseconds since the epoch
   * @param othersStay whether other slots stayed in the partition that was left
   */
  public record Departure(LanePartition next, long end, long atMs, boolean othersStay) {}

  private record Version(
      SlotMap map,
      @Nullable SlotMove move,
      @Nullable Map<SourceId, Long> fence,
      @Nullable Map<LanePartition, Long> ends,
      long settledMs) {

    boolean isSettled() {
      return move == null || ends != null;
    }

    boolean holdsAt(SourceId source, long offset) {
      return move == null || (fence != null && offset >= fence.getOrDefault(source, 0L));
    }
  }

  private final List<Version> versions;
  private final SlotMap settled;

  private SlotMaps(List<Version> versions) {
    this.versions = List.copyOf(versions);
    SlotMap newest = versions.getFirst().map();
    for (Version version : versions) {
      newest = version.isSettled() ? version.map() : newest;
    }
    this.settled = newest;
  }

  /** Only the first version. */
  public static SlotMaps of(SlotMap initial) {
    return new SlotMaps(List.of(new Version(initial, null, null, null, 0)));
  }

  /**
   * With what a record says, if that is about a version; a repetition changes nothing.
   *
   * @throws IllegalArgumentException when it cannot follow what was said before
   */
  public SlotMaps with(SlotRecord record) {
    return switch (record.getBodyCase()) {
      case MOVE -> with(record.getMove());
      case FENCE -> with(record.getFence());
      case SETTLEMENT -> with(record.getSettlement());
      default -> this;
    };
  }

  private SlotMaps with(SlotMove move) {
    if (move.getVersion() <= newest().version()) {
      return this;
    }
    if (!isQuiet()) {
      throw new IllegalArgumentException(
          "version " + newest().version() + " is not settled, and another is announced");
    }
    List<Version> next = new ArrayList<>(versions);
    next.add(new Version(newest().with(move), move, null, null, 0));
    return new SlotMaps(next);
  }

  private SlotMaps with(SlotFence fence) {
    Version version = at(fence.getVersion());
    if (version.fence() != null) {
      return this;
    }
    Map<SourceId, Long> first = new HashMap<>();
    for (SourceOffset source : fence.getFirstList()) {
      first.put(SourceId.of(source.getTopicId(), source.getPartition()), source.getOffset());
    }
    return replaced(new Version(version.map(), version.move(), Map.copyOf(first), null, 0));
  }

  private SlotMaps with(SlotSettlement settlement) {
    Version version = at(settlement.getVersion());
    SlotMove move = version.move();
    Lane lane = move == null ? null : Lane.of(move.getLane());
    if (version.ends() != null) {
      return this;
    }
    if (version.fence() == null || lane == null) {
      throw new IllegalArgumentException(
          "version " + settlement.getVersion() + " is settled, and had no fence");
    }
    Map<LanePartition, Long> ends = new HashMap<>();
    for (LaneOffset end : settlement.getEndsList()) {
      ends.put(new LanePartition(lane, end.getGeneration(), end.getPartition()), end.getOffset());
    }
    long atMs = settlement.getAt().getSeconds() * 1_000 + settlement.getAt().getNanos() / 1_000_000;
    return replaced(new Version(version.map(), move, version.fence(), Map.copyOf(ends), atMs));
  }

  private Version at(int version) {
    if (version < 1 || version > versions.size()) {
      throw new IllegalArgumentException("there is no version " + version);
    }
    return versions.get(version - 1);
  }

  private SlotMaps replaced(Version version) {
    List<Version> next = new ArrayList<>(versions);
    next.set(version.map().version() - 1, version);
    return new SlotMaps(next);
  }

  /** The newest version of all. */
  public SlotMap newest() {
    return versions.getLast().map();
  }

  /** This version; from 1. */
  public SlotMap map(int version) {
    return at(version).map();
  }

  /** The newest version whose predecessor is not written any more. */
  public SlotMap settled() {
    return settled;
  }

  /** Whether no move is under way. */
  public boolean isQuiet() {
    return versions.getLast().isSettled();
  }

  /** The move that is under way; null when none is. */
  public @Nullable SlotMove pending() {
    return isQuiet() ? null : versions.getLast().move();
  }

  /** Whether a version is announced that has no fence yet: nobody reads ingress any further. */
  public boolean isFencePending() {
    Version newest = versions.getLast();
    return newest.move() != null && newest.fence() == null;
  }

  /** All moves so far, the oldest first. */
  public List<SlotMove> moves() {
    List<SlotMove> moves = new ArrayList<>();
    for (Version version : versions) {
      if (version.move() != null) {
        moves.add(version.move());
      }
    }
    return List.copyOf(moves);
  }

  /** Per source partition the first offset that a version holds for; null without a fence. */
  public @Nullable Map<SourceId, Long> fence(int version) {
    return at(version).fence();
  }

  /**
   * When a version was settled, milliseconds since the epoch; 0 when it is not, or is the first.
   */
  public long settledMs(int version) {
    return at(version).settledMs();
  }

  /** The version that routes the record at this offset. */
  public SlotMap at(SourceId source, long offset) {
    for (int i = versions.size() - 1; i > 0; i--) {
      if (versions.get(i).holdsAt(source, offset)) {
        return versions.get(i).map();
      }
    }
    return versions.getFirst().map();
  }

  /**
   * Whether a lane record is void: routed by a version that does not hold at its source's offset.
   * What an older version has routed of a source that no later fence names is not: then its topic
   * was gone before, or is read by no dispatcher any more.
   *
   * @param version that its writer has used; one that is not known here holds
   */
  public boolean isVoid(int version, SourceId source, long offset) {
    for (int i = versions.size() - 1; i >= Math.max(1, version); i--) {
      Map<SourceId, Long> fence = versions.get(i).fence();
      Long first = fence == null ? null : fence.get(source);
      if (first != null && offset >= first) {
        return true;
      }
    }
    Map<SourceId, Long> own =
        version > 1 && version <= versions.size() ? versions.get(version - 1).fence() : null;
    return own != null && offset < own.getOrDefault(source, 0L);
  }

  /**
   * Where a slot goes on that has left this partition; null when it has not, or never was there.
   */
  public @Nullable Departure departure(LanePartition from, int slot) {
    LanePartition now = settled.partition(from.lane(), slot);
    if (now.equals(from)) {
      return null;
    }
    for (int i = settled.version() - 1; i > 0; i--) {
      LanePartition before = versions.get(i - 1).map().partition(from.lane(), slot);
      Version version = versions.get(i);
      if (before.equals(from) && !version.map().partition(from.lane(), slot).equals(from)) {
        Map<LanePartition, Long> ends = version.ends();
        long end = ends == null ? 0 : ends.getOrDefault(from, 0L);
        return new Departure(
            version.map().partition(from.lane(), slot),
            end,
            version.settledMs(),
            version.map().isInUse(from));
      }
    }
    return null;
  }

  /** Where a slot was before this partition; null when it never was anywhere else. */
  public @Nullable LanePartition former(LanePartition of, int slot) {
    for (int i = settled.version() - 1; i > 0; i--) {
      LanePartition before = versions.get(i - 1).map().partition(of.lane(), slot);
      if (versions.get(i).map().partition(of.lane(), slot).equals(of) && !before.equals(of)) {
        return before;
      }
    }
    return null;
  }
}
