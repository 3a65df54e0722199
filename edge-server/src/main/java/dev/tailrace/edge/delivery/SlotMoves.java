package dev.tailrace.edge.delivery;

import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.log.PartitionLog;
import dev.tailrace.schemas.Channels;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.schemas.SlotHash;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.schemas.SlotMaps;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes addresses whose slot has moved from the partition that they have left to the next: a reader
 * goes on to their end in the one, and another begins at the start of the other. What is between
 * lies in neither, so nothing is missed, comes twice or out of order.
 *
 * <p>A stream or a poll has one position per partition. So all of its addresses that are to go on
 * in a partition begin there together: those who have come to their end wait, parked, for the rest.
 *
 * <p>Threading: the delivery agent.
 */
final class SlotMoves {
  private static final int MOVES_PER_TURN = 256;

  private final Supplier<SlotMaps> slots;
  private final ReaderPositions positions;
  private final PartitionFollows follows;
  private final TurnWriter turns;
  private final EdgeClock clock;
  private final Set<LaneReader> leaving = new LinkedHashSet<>();
  private SlotMap seen;

  SlotMoves(
      Supplier<SlotMaps> slots,
      ReaderPositions positions,
      PartitionFollows follows,
      TurnWriter turns,
      EdgeClock clock) {
    this.slots = slots;
    this.positions = positions;
    this.follows = follows;
    this.turns = turns;
    this.clock = clock;
    this.seen = slots.get().settled();
  }

  /** A reader is there, whose addresses may have left its partition already. */
  void add(LaneReader reader) {
    if (reader.state() == LaneReader.State.PARKED) {
      return;
    }
    long first = Long.MAX_VALUE;
    for (String address : reader.addresses()) {
      SlotMaps.Departure departure = departure(reader.partition(), address);
      if (departure != null) {
        first = Math.min(first, departure.end());
      }
    }
    reader.setLeavesAt(first);
    if (first != Long.MAX_VALUE) {
      leaving.add(reader);
    }
  }

  private SlotMaps.@Nullable Departure departure(LanePartition from, String address) {
    return slots.get().departure(from, SlotHash.slot(from.lane(), address));
  }

  /**
   * Moves those who can go.
   *
   * @param onMoved hears of connections that have something to be told, or to read
   */
  int turn(Collection<Connection> connections, Consumer<Connection> onMoved) {
    SlotMap settled = slots.get().settled();
    if (settled.version() != seen.version()) {
      seen = settled;
      connections.forEach(connection -> connection.readers().forEach(this::add));
    }
    int moved = 0;
    for (LaneReader reader : leaving.isEmpty() ? List.<LaneReader>of() : List.copyOf(leaving)) {
      if (moved >= MOVES_PER_TURN) {
        break;
      }
      if (move(reader)) {
        onMoved.accept(reader.connection());
        moved++;
      }
    }
    return moved;
  }

  private boolean move(LaneReader reader) {
    Connection connection = reader.connection();
    LanePartition next = reader.next();
    if (next != null) {
      if (!connection.readers().contains(reader)) {
        leaving.remove(reader);
        return false;
      }
      return arrive(connection, next);
    }
    if (!reader.isFollowed() || reader.isDone()) {
      leaving.remove(reader);
      return false;
    }
    if (connection.state() != Connection.State.OPEN
        || !reader.mayLeave(turns.effectivePosition(reader))) {
      return false;
    }
    leaving.remove(reader);
    park(reader);
    return true;
  }

  /** Those that leave first are taken out; the rest stay. */
  private void park(LaneReader reader) {
    Connection connection = reader.connection();
    Map<LanePartition, Set<String>> byNext = new TreeMap<>();
    Set<String> left = new HashSet<>();
    for (String address : reader.addresses()) {
      SlotMaps.Departure departure = departure(reader.partition(), address);
      if (departure != null && departure.end() <= reader.leavesAt()) {
        byNext.computeIfAbsent(departure.next(), p -> new HashSet<>()).add(address);
        left.add(address);
      }
    }
    byNext.forEach(
        (next, addresses) -> {
          LaneReader parked =
              like(reader, reader.partition(), addresses, reader.leavesAt(), reader.timeMs());
          parked.park(next);
          connection.add(parked);
          leaving.add(parked);
        });
    if (left.size() == reader.addresses().size()) {
      follows.remove(reader, clock.monotonicMs());
      connection.readers().remove(reader);
    } else {
      follows.removeAddresses(reader, left);
      add(reader);
    }
    byNext.keySet().forEach(next -> arrive(connection, next));
  }

  /** Goes on in the next partition with all that are parked for it, if no more are to come. */
  private boolean arrive(Connection connection, LanePartition next) {
    List<LaneReader> parked =
        connection.readers().stream().filter(reader -> next.equals(reader.next())).toList();
    if (parked.isEmpty()) {
      return false;
    }
    if (connection.transport().kind() == Transport.Kind.WEBSOCKET) {
      parked.forEach(reader -> goOn(List.of(reader), next)); // each has its own position
      return true;
    }
    boolean moreToCome =
        connection.readers().stream()
            .anyMatch(reader -> !parked.contains(reader) && isOnTheWayTo(reader, next));
    if (!moreToCome) {
      goOn(parked, next);
    }
    return !moreToCome;
  }

  private boolean isOnTheWayTo(LaneReader reader, LanePartition to) {
    LanePartition from = reader.next() == null ? reader.partition() : reader.next();
    if (from.equals(to) || from.lane() != to.lane()) {
      return false; // there already, or never there
    }
    return reader.addresses().stream().anyMatch(address -> passes(from, address, to));
  }

  private boolean passes(LanePartition from, String address, LanePartition to) {
    for (SlotMaps.Departure departure = departure(from, address);
        departure != null;
        departure = departure(departure.next(), address)) {
      if (departure.next().equals(to)) {
        return true;
      }
    }
    return false;
  }

  private void goOn(List<LaneReader> parked, LanePartition next) {
    LaneReader first = parked.getFirst();
    Connection connection = first.connection();
    Set<String> addresses = new HashSet<>();
    long timeMs = Long.MAX_VALUE;
    for (LaneReader reader : parked) {
      addresses.addAll(reader.addresses());
      timeMs = Math.min(timeMs, reader.timeMs());
      connection.readers().remove(reader);
      leaving.remove(reader);
    }
    LaneReader reader = like(first, next, addresses, 0, timeMs);
    connection.add(reader);
    follows.add(reader);
    PartitionLog log = follows.log(next);
    if (log != null) {
      positions.open(reader, log);
    }
    add(reader);
    tell(reader);
  }

  private static LaneReader like(
      LaneReader reader, LanePartition in, Set<String> addresses, long position, long timeMs) {
    ReaderTerms terms = reader.terms();
    ReaderRange range = reader.range() == null ? null : reader.range().elsewhere();
    LaneReader other =
        new LaneReader(
            reader.connection(),
            in,
            addresses,
            position,
            reader.ref(),
            terms == null ? null : terms.copy());
    if (range != null) {
      other.setRange(range);
    }
    if (reader.isAnnounced()) {
      other.setAnnounced();
    }
    other.setTimeMs(timeMs);
    return other;
  }

  /**
   * Its client keeps a position that means nothing any more. On a WebSocket each channel has its
   * own, and what comes without asking has that of the welcome.
   */
  private void tell(LaneReader reader) {
    Connection connection = reader.connection();
    boolean unasked = reader.ref() == LaneReader.NO_REF;
    switch (connection.transport().kind()) {
      case SSE -> connection.addNotice(new Notice.CursorHeartbeat(turns.wholeCursor(connection)));
      case WEBSOCKET -> {
        for (String channel : reader.channels()) {
          if (!unasked || !channel.equals(Channels.BROADCAST)) {
            String cursor = turns.cursorOf(reader);
            connection.addNotice(new Notice.Subscribed(LaneReader.NO_REF, channel, cursor));
          }
        }
        if (unasked) {
          String user = connection.subscriber().user();
          connection.addNotice(new Notice.Opened(turns.wholeCursor(connection), user));
        }
      }
      case POLL, HISTORY -> {} // their answers have a cursor
    }
  }
}
