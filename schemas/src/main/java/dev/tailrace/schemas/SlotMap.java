package dev.tailrace.schemas;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which partition of its lane each slot lies on: the pure second half of routing.
 *
 * <p>The initial map spreads the slots over a lane's partitions by remainder. On the channel lane
 * partition 0 is kept for the broadcast slot alone, when there is more than one partition.
 *
 * <p>Threading: immutable.
 */
public final class SlotMap {
  private final int version;
  private final LanePartition[] users;
  private final LanePartition[] channels;

  private SlotMap(int version, int userPartitions, int channelPartitions) {
    this.version = version;
    this.users = all(Lane.USERS, userPartitions);
    this.channels = all(Lane.CHANNELS, channelPartitions);
  }

  private static LanePartition[] all(Lane lane, int count) {
    LanePartition[] partitions = new LanePartition[count];
    Arrays.setAll(partitions, i -> new LanePartition(lane, 1, i));
    return partitions;
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
    return new SlotMap(1, userPartitions, channelPartitions);
  }

  /** This map's version, written into each delivery. */
  public int version() {
    return version;
  }

  /** How many partitions the newest generation of this lane has. */
  public int partitions(Lane lane) {
    return lane == Lane.USERS ? users.length : channels.length;
  }

  /** All partitions that a client may have to follow. */
  public List<LanePartition> partitions() {
    return Stream.of(users, channels).flatMap(Arrays::stream).toList();
  }

  /** Whether a cursor may name this partition: a generation and partition that the map knows. */
  public boolean knows(LanePartition partition) {
    return partition.generation() == 1
        && partition.partition() >= 0
        && partition.partition() < partitions(partition.lane());
  }

  /** The partition of a user's personal events. */
  public LanePartition userPartition(String user) {
    return users[SlotHash.slot(user) % users.length];
  }

  /** The partition of a channel. */
  public LanePartition channelPartition(String channel) {
    int slot = SlotHash.channelSlot(channel);
    int partition =
        slot == SlotHash.BROADCAST_SLOT || channels.length == 1
            ? 0
            : 1 + slot % (channels.length - 1);
    return channels[partition];
  }
}
