package dev.tailrace.edge.delivery;

import dev.tailrace.edge.connection.ConnectionRequest;
import dev.tailrace.edge.connection.Notice.Gap.Reason;
import dev.tailrace.edge.connection.SlowPolicy;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.cursor.Cursor;
import dev.tailrace.edge.cursor.CursorCodec;
import dev.tailrace.edge.log.PartitionLog;
import dev.tailrace.schemas.Channels;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.schemas.SlotMap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Gives connections their readers: one per partition for a stream or a poll, one per subscription
 * for a WebSocket.
 *
 * <p>Threading: the delivery agent.
 */
final class ReaderSetup {
  private static final int NOT_ASKED = -1;

  private final SlotMap slotMap;
  private final ReaderPositions positions;
  private final PartitionFollows follows;
  private final SlowPolicies slow;
  private final RandomGenerator random;

  ReaderSetup(
      SlotMap slotMap,
      ReaderPositions positions,
      PartitionFollows follows,
      SlowPolicies slow,
      RandomGenerator random) {
    this.slotMap = slotMap;
    this.positions = positions;
    this.follows = follows;
    this.slow = slow;
    this.random = random;
  }

  /** All that a new connection asks for, and what everybody gets without asking. */
  void addAll(Connection connection, ConnectionRequest request) {
    String user = request.subscriber().user();
    Set<String> channels = new HashSet<>(request.channels());
    channels.add(Channels.BROADCAST);
    if (request.transport().kind() == Transport.Kind.WEBSOCKET) {
      if (user != null) {
        add(connection, slotMap.userPartition(user), Set.of(user), request.cursor(), NOT_ASKED);
      }
      channels.forEach(channel -> add(connection, channel, request.cursor(), NOT_ASKED));
      return;
    }
    Map<LanePartition, Set<String>> byPartition = new TreeMap<>();
    if (user != null) {
      byPartition.put(slotMap.userPartition(user), Set.of(user));
    }
    for (String channel : channels) {
      byPartition
          .computeIfAbsent(slotMap.channelPartition(channel), p -> new HashSet<>())
          .add(channel);
    }
    List<Map.Entry<LanePartition, Set<String>>> readers = new ArrayList<>(byPartition.entrySet());
    if (request.transport().kind() == Transport.Kind.POLL) {
      // It is one turn only: were it always the same partition's, the others would never come.
      Collections.shuffle(readers, random);
    }
    for (Map.Entry<LanePartition, Set<String>> reader : readers) {
      add(connection, reader.getKey(), reader.getValue(), request.cursor(), NOT_ASKED);
    }
  }

  /**
   * One channel.
   *
   * @param ref of the subscribe command that asked for it; negative when none did
   */
  void add(Connection connection, String channel, @Nullable Cursor cursor, long ref) {
    add(connection, slotMap.channelPartition(channel), Set.of(channel), cursor, ref);
  }

  private void add(
      Connection connection,
      LanePartition partition,
      Set<String> addresses,
      @Nullable Cursor cursor,
      long ref) {
    LaneReader reader =
        new LaneReader(
            connection,
            partition,
            addresses,
            positions.wanted(cursor, partition),
            ref,
            terms(connection, partition, addresses));
    Reason loss = positions.loss(cursor, partition);
    if (loss != null && cursor != null) {
      reader.setLossReason(loss);
      if (ref == NOT_ASKED) {
        connection.setCursorBeforeLoss(CursorCodec.encode(cursor));
      }
    }
    connection.add(reader);
    connection.forgetLosses();
    follows.add(reader);
    PartitionLog log = follows.log(partition);
    if (log != null) {
      positions.open(reader, log);
    }
  }

  private @Nullable ReaderTerms terms(
      Connection connection, LanePartition partition, Set<String> addresses) {
    if (partition.lane() != Lane.CHANNELS || connection.transport().kind() == Transport.Kind.POLL) {
      return null;
    }
    SlowPolicy policy = slow.of(addresses);
    return policy == SlowPolicy.REPLAY ? null : new ReaderTerms(policy);
  }

  /** Whether a cursor still fits: refused when a subscription is made, never when it comes back. */
  boolean hasRoomInCursor(Connection connection, String channel) {
    Set<LanePartition> partitions = new HashSet<>(Set.of(slotMap.channelPartition(channel)));
    connection.readers().forEach(reader -> partitions.add(reader.partition()));
    return partitions.size() <= CursorCodec.MAX_POSITIONS;
  }
}
