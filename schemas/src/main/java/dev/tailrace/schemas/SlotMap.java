package dev.tailrace.schemas;

import dev.tailrace.v1.SlotMove;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * One version of the slot map: which partition of its lane each slot lies on. The pure second half
 * of routing.
 *
 * <p>The initial map spreads the slots over a lane's partitions by remainder. On the channel lane
 * partition 0 is kept for the broadcast slot alone, when there is more than one partition. Each
 * later version moves slots of one lane to a new generation of it, a topic of its own: all that are
 * not isolated, spread in the same way, or a single one.
 *
 * <p>Threading: immutable.
 */
public final class SlotMap {
  /** The most partitions that a generation has. */
  public static final int MAX_PARTITIONS = SlotHash.SLOTS;

  /**
   * One lane's half.
   *
   * @param partitions how many each generation has, from 1
   * @param spread the generation of all slots that are not isolated
   * @param bySlot where each slot lies
   */
  private record LaneSlots(List<Integer> partitions, int spread, List<LanePartition> bySlot) {
    static LaneSlots initial(Lane lane, int partitions) {
      List<LanePartition> bySlot = new ArrayList<>();
      for (int slot = 0; slot <= SlotHash.SLOTS; slot++) {
        bySlot.add(spread(lane, 1, partitions, slot));
      }
      return new LaneSlots(List.of(partitions), 1, shared(bySlot));
    }

    LaneSlots with(Lane lane, SlotMove move) {
      int generation = move.getGeneration();
      List<LanePartition> moved = new ArrayList<>(bySlot);
      if (move.hasIsolatedSlot()) {
        moved.set(move.getIsolatedSlot(), new LanePartition(lane, generation, 0));
      } else {
        for (int slot = 0; slot < moved.size(); slot++) {
          if (moved.get(slot).generation() == spread) {
            moved.set(slot, spread(lane, generation, move.getPartitions(), slot));
          }
        }
      }
      List<Integer> counts = new ArrayList<>(partitions);
      counts.add(move.getPartitions());
      return new LaneSlots(
          List.copyOf(counts), move.hasIsolatedSlot() ? spread : generation, shared(moved));
    }

    private static LanePartition spread(Lane lane, int generation, int partitions, int slot) {
      if (lane == Lane.USERS) {
        return new LanePartition(lane, generation, slot % partitions);
      }
      boolean first = slot == SlotHash.BROADCAST_SLOT || partitions == 1;
      return new LanePartition(lane, generation, first ? 0 : 1 + slot % (partitions - 1));
    }

    /** Equal ones are one object. */
    private static List<LanePartition> shared(List<LanePartition> bySlot) {
      Map<LanePartition, LanePartition> known = new HashMap<>();
      return bySlot.stream().map(p -> known.computeIfAbsent(p, same -> same)).toList();
    }

    List<LanePartition> present() {
      return bySlot.stream().distinct().sorted().toList();
    }
  }

  private final int version;
  private final Map<Lane, LaneSlots> lanes;
  private final LanePartition[] users;
  private final LanePartition[] channels;
  private final Set<LanePartition> inUse;

  private SlotMap(int version, Map<Lane, LaneSlots> lanes) {
    this.version = version;
    this.lanes = lanes;
    this.users = of(Lane.USERS).bySlot().toArray(LanePartition[]::new);
    this.channels = of(Lane.CHANNELS).bySlot().toArray(LanePartition[]::new);
    this.inUse = Set.copyOf(partitions());
  }

  /** Version 1: what holds while {@code tailrace.slots} says nothing else. */
  public static SlotMap initial(int userPartitions, int channelPartitions) {
    if (userPartitions < 1 || channelPartitions < 1) {
      throw new IllegalArgumentException(
          "a lane has at least one partition: users "
              + userPartitions
              + ", channels "
              + channelPartitions);
    }
    Map<Lane, LaneSlots> lanes = new EnumMap<>(Lane.class);
    lanes.put(Lane.USERS, LaneSlots.initial(Lane.USERS, userPartitions));
    lanes.put(Lane.CHANNELS, LaneSlots.initial(Lane.CHANNELS, channelPartitions));
    return new SlotMap(1, lanes);
  }

  /**
   * The next version.
   *
   * @throws IllegalArgumentException when this move cannot follow this version
   */
  public SlotMap with(SlotMove move) {
    Lane lane = Lane.of(move.getLane());
    if (lane == null
        || move.getVersion() != version + 1
        || move.getGeneration() != generations(lane) + 1
        || move.getPartitions() < 1
        || move.getPartitions() > MAX_PARTITIONS
        || (move.hasIsolatedSlot() && !isMovable(move.getIsolatedSlot()))) {
      throw new IllegalArgumentException("no move that follows version " + version + ": " + move);
    }
    Map<Lane, LaneSlots> next = new EnumMap<>(lanes);
    next.put(lane, of(lane).with(lane, move));
    return new SlotMap(version + 1, next);
  }

  private static boolean isMovable(int slot) {
    return slot >= 0 && slot < SlotHash.SLOTS;
  }

  private LaneSlots of(Lane lane) {
    return Objects.requireNonNull(lanes.get(lane));
  }

  /** This map's version, written into each delivery. */
  public int version() {
    return version;
  }

  /** How many generations of this lane there have been. */
  public int generations(Lane lane) {
    return of(lane).partitions().size();
  }

  /** How many partitions the generation has that all slots lie on that are not isolated. */
  public int partitions(Lane lane) {
    return of(lane).partitions().get(of(lane).spread() - 1);
  }

  /** The partitions of this lane that slots lie on, in order. */
  public List<LanePartition> present(Lane lane) {
    return of(lane).present();
  }

  /** All partitions that a client may have to follow from now on. */
  public List<LanePartition> partitions() {
    return Stream.of(Lane.values()).flatMap(lane -> present(lane).stream()).toList();
  }

  /** Those of all generations, in order: where deliveries were ever written. */
  public List<LanePartition> everyPartition() {
    List<LanePartition> every = new ArrayList<>();
    for (Lane lane : Lane.values()) {
      List<Integer> counts = of(lane).partitions();
      for (int generation = 1; generation <= counts.size(); generation++) {
        for (int partition = 0; partition < counts.get(generation - 1); partition++) {
          every.add(new LanePartition(lane, generation, partition));
        }
      }
    }
    return List.copyOf(every);
  }

  /** Whether a cursor may name this partition: a generation and partition that there was. */
  public boolean knows(LanePartition partition) {
    List<Integer> counts = of(partition.lane()).partitions();
    return partition.generation() >= 1
        && partition.generation() <= counts.size()
        && partition.partition() >= 0
        && partition.partition() < counts.get(partition.generation() - 1);
  }

  /** Whether any slot lies on this partition. */
  public boolean isInUse(LanePartition partition) {
    return inUse.contains(partition);
  }

  /** Whether a slot of this lane lies on a generation of its own. */
  public boolean isIsolated(Lane lane, int slot) {
    return partition(lane, slot).generation() != of(lane).spread();
  }

  /** Where a slot of this lane lies. */
  public LanePartition partition(Lane lane, int slot) {
    return (lane == Lane.USERS ? users : channels)[slot];
  }

  /** The partition of a user's personal events. */
  public LanePartition userPartition(String user) {
    return users[SlotHash.slot(user)];
  }

  /** The partition of a channel. */
  public LanePartition channelPartition(String channel) {
    return channels[SlotHash.channelSlot(channel)];
  }
}
