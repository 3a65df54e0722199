package dev.tailrace.edge.delivery;

import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.log.PartitionLog;
import dev.tailrace.schemas.Channels;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.schemas.SlotHash;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.schemas.SlotMaps;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
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
  private static final int READERS_PER_TURN = 256;
  private static final long NOWHERE = Long.MAX_VALUE;

  private final Supplier<SlotMaps> slots;
  private final ReaderPositions positions;
  private final PartitionFollows follows;
  private final TurnWriter turns;
  private final SlowPolicies slow;
  private final EdgeClock clock;
  private final Set<LaneReader> leaving = new LinkedHashSet<>();
  private SlotMap seen;

  SlotMoves(
      Supplier<SlotMaps> slots,
      ReaderPositions positions,
      PartitionFollows follows,
      TurnWriter turns,
      SlowPolicies slow,
      EdgeClock clock) {
    this.slots = slots;
    this.positions = positions;
    this.follows = follows;
    this.turns = turns;
    this.slow = slow;
    this.clock = clock;
    this.seen = slots.get().settled();
  }

  /** A reader is there, parked, or one whose addresses may have left its partition already. */
  void add(LaneReader reader) {
    if (reader.next() != null) {
      leaving.add(reader);
      return;
    }
    long first = NOWHERE;
    long atMs = 0;
    for (String address : reader.addresses()) {
      SlotMaps.Departure departure = departure(reader.partition(), address);
      if (departure != null && departure.end() < first) {
        first = departure.end();
        atMs = departure.atMs();
      }
    }
    reader.setLeaves(first, atMs);
    if (first != NOWHERE) {
      leaving.add(reader);
    }
  }

  private SlotMaps.@Nullable Departure departure(LanePartition from, String address) {
    return slots.get().departure(from, SlotHash.slot(from.lane(), address));
  }

  /**
   * Moves those who can go, of so many at a time.
   *
   * @param onMoved hears of connections that have something to be told, or to read
   */
  int turn(Collection<Connection> connections, Consumer<Connection> onMoved) {
    SlotMap settled = slots.get().settled();
    if (settled.version() != seen.version()) {
      seen = settled;
      connections.forEach(connection -> connection.readers().forEach(this::add));
    }
    if (leaving.isEmpty()) {
      return 0;
    }
    int moved = 0;
    for (LaneReader reader : first(READERS_PER_TURN)) {
      if (isGone(reader)) {
        continue;
      }
      if (move(reader)) {
        onMoved.accept(reader.connection());
        moved++;
      } else {
        leaving.add(reader); // behind the others
      }
    }
    return moved;
  }

  /** Takes so many out. */
  private List<LaneReader> first(int most) {
    List<LaneReader> first = new ArrayList<>();
    Iterator<LaneReader> all = leaving.iterator();
    while (all.hasNext() && first.size() < most) {
      first.add(all.next());
      all.remove();
    }
    return first;
  }

  /** Whether it reads no more, or only up to where its addresses were still there. */
  private static boolean isGone(LaneReader reader) {
    return reader.next() != null
        ? !reader.connection().readers().contains(reader)
        : !reader.isFollowed() || reader.isDone();
  }

  private boolean move(LaneReader reader) {
    Connection connection = reader.connection();
    LanePartition next = reader.next();
    if (connection.state() != Connection.State.OPEN) {
      return false;
    }
    if (next != null) {
      return arrive(connection, next);
    }
    if (!reader.isSettled() || !hasAll(reader)) {
      return false;
    }
    park(reader);
    return true;
  }

  /**
   * Whether it has all there is of the addresses that leave. A partition whose leader has no more,
   * long after that was settled, has lost its tail: there will be no more.
   */
  private boolean hasAll(LaneReader reader) {
    return turns.effectivePosition(reader) >= reader.leavesAt()
        || (turns.isUpToDate(reader)
            && follows.wholeAtMs(reader.partition())
                > reader.leavesSinceMs() + StartPlaces.SKEW_MS);
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
    long afterMs = reader.leavesSinceMs() - StartPlaces.SKEW_MS;
    byNext.forEach(
        (next, addresses) -> {
          LaneReader parked =
              new LaneReader(
                  connection,
                  reader.partition(),
                  addresses,
                  reader.leavesAt(),
                  reader.ref(),
                  reader.terms());
          parked.setRange(reader.range() == null ? null : reader.range().elsewhere(afterMs));
          parked.setTimeMs(reader.timeMs());
          parked.setAnnounced();
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
    if (connection.transport().kind() == Transport.Kind.WEBSOCKET) {
      parked.forEach(reader -> goOn(List.of(reader), next)); // each has its own position
      return !parked.isEmpty();
    }
    boolean moreToCome =
        connection.readers().stream()
            .anyMatch(
                reader ->
                    !parked.contains(reader) && !reader.isDone() && isOnTheWayTo(reader, next));
    if (!moreToCome && !parked.isEmpty()) {
      goOn(parked, next);
      return true;
    }
    return false;
  }

  private boolean isOnTheWayTo(LaneReader reader, LanePartition to) {
    LanePartition from = reader.next() == null ? reader.partition() : reader.next();
    if (from.lane() != to.lane() || from.generation() >= to.generation()) {
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
    ReaderTerms terms = terms(parked, addresses);
    LaneReader reader = new LaneReader(connection, next, addresses, 0, first.ref(), terms);
    reader.setRange(first.range());
    reader.setTimeMs(timeMs);
    reader.setAnnounced();
    connection.add(reader);
    follows.add(reader);
    PartitionLog log = follows.log(next);
    if (log != null) {
      positions.open(reader, log);
    }
    add(reader);
    if (connection.transport().kind() == Transport.Kind.WEBSOCKET) {
      tell(reader);
    }
  }

  /** An interval that was asked for stays; else that of all of them, which leaves out least. */
  private @Nullable ReaderTerms terms(List<LaneReader> parked, Set<String> addresses) {
    LaneReader first = parked.getFirst();
    for (LaneReader reader : parked) {
      ReaderTerms terms = reader.terms();
      if (terms != null && terms.isPaced()) {
        return terms.copy();
      }
    }
    Transport.Kind kind = first.connection().transport().kind();
    return kind.isAnswer() || first.partition().lane() != Lane.CHANNELS
        ? null
        : slow.terms(addresses);
  }

  /**
   * A socket's client keeps a position of each channel, and one of what comes without asking; of
   * others the next cursor says where they are.
   */
  private void tell(LaneReader reader) {
    Connection connection = reader.connection();
    boolean unasked =
        reader.partition().lane() == Lane.USERS
            || (reader.ref() == LaneReader.NO_REF
                && reader.addresses().contains(Channels.BROADCAST));
    if (unasked) {
      String user = connection.subscriber().user();
      connection.addNotice(new Notice.Opened(turns.wholeCursor(connection), user));
    } else {
      for (String channel : reader.channels()) {
        String cursor = turns.cursorOf(reader);
        connection.addNotice(new Notice.Subscribed(LaneReader.NO_REF, channel, cursor));
      }
    }
  }
}
