package dev.tailrace.edge.delivery;

import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.edge.connection.ConnectionRequest;
import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.connection.Notice.Gap.Reason;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.cursor.Cursor;
import dev.tailrace.edge.cursor.CursorCodec;
import dev.tailrace.edge.cursor.StartPosition;
import dev.tailrace.edge.log.PartitionLog;
import dev.tailrace.schemas.Channels;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.schemas.SlotMaps;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Gives connections their readers: one per partition for a stream or a poll, one per subscription
 * for a WebSocket.
 *
 * <p>Threading: the delivery agent.
 */
final class ReaderSetup {
  private static final long NOT_ASKED = LaneReader.NO_REF;

  /** By the time of its cursor a reader begins so much earlier: rather again than never. */
  private static final long APPROXIMATE_MS = 30_000;

  /** Far beyond any time, and small enough to be counted in milliseconds. */
  private static final long MAX_BASIS_SECONDS = 1L << 40;

  private static final Set<String> BROADCAST_ALONE = Set.of(Channels.BROADCAST);

  private final Supplier<SlotMaps> slots;
  private final StartPlaces places;
  private final SlotMoves moves;
  private final ReaderPositions positions;
  private final PartitionFollows follows;
  private final SlowPolicies slow;
  private final EdgeClock clock;
  private final RandomGenerator random;

  ReaderSetup(
      Supplier<SlotMaps> slots,
      StartPlaces places,
      SlotMoves moves,
      ReaderPositions positions,
      PartitionFollows follows,
      SlowPolicies slow,
      EdgeClock clock,
      RandomGenerator random) {
    this.slots = slots;
    this.places = places;
    this.moves = moves;
    this.positions = positions;
    this.follows = follows;
    this.slow = slow;
    this.clock = clock;
    this.random = random;
  }

  /** All that a new connection asks for, and what everybody gets without asking. */
  void addAll(Connection connection, ConnectionRequest request) {
    if (request.transport().kind() == Transport.Kind.HISTORY) {
      addHistory(connection, request);
      return;
    }
    String user = request.subscriber().user();
    Set<String> channels = new HashSet<>(request.channels());
    channels.add(Channels.BROADCAST);
    if (request.transport().kind() == Transport.Kind.WEBSOCKET) {
      if (user != null) {
        add(connection, places(user, Set.of(), request.start()), request.start(), NOT_ASKED, null);
      }
      for (String channel : channels) {
        boolean asked = request.channels().contains(channel);
        StartPosition start = asked ? request.start() : unasked(request.start());
        add(connection, channel, start, NOT_ASKED, asked ? request.intervalMs() : 0);
      }
      return;
    }
    Map<StartPlaces.Place, Set<String>> all = places(user, channels, request.start());
    all.forEach(
        (place, addresses) ->
            add(
                connection,
                place,
                addresses,
                isUnasked(request, addresses) ? unasked(request.start()) : request.start(),
                NOT_ASKED,
                terms(connection, request, place.partition(), addresses)));
    if (request.transport().kind() == Transport.Kind.POLL) {
      // It is one turn only: were it always the same partition's, the others would never come.
      connection.setFirstReader(random.nextInt(all.size()));
    }
  }

  /** What a history request names: its channels, or else what was for its user alone. */
  private void addHistory(Connection connection, ConnectionRequest request) {
    String user = request.channels().isEmpty() ? request.subscriber().user() : null;
    places(user, request.channels(), request.start())
        .forEach(
            (place, addresses) -> {
              LaneReader reader =
                  reader(connection, place, addresses, request.start(), NOT_ASKED, null);
              StartPosition toBeFound = toBeFound(request.start(), place);
              setRange(reader, request.start(), ReaderRange.between(toBeFound, request.untilMs()));
              add(reader, request.start());
            });
  }

  private Map<StartPlaces.Place, Set<String>> places(
      @Nullable String user, Set<String> channels, StartPosition start) {
    long sinceMs =
        switch (start) {
          case StartPosition.Earliest _ -> 0;
          case StartPosition.Since since -> since.timestampMs();
          case StartPosition.At at when basisMs(at.cursor()) >= 0 ->
              Math.max(0, basisMs(at.cursor()) - APPROXIMATE_MS);
          default -> StartPlaces.NO_TIME;
        };
    return places.of(user, channels, cursor(start), sinceMs);
  }

  /** What has to be asked for; null when there is a position already, or it is the present. */
  private @Nullable StartPosition toBeFound(StartPosition start, StartPlaces.Place place) {
    if (place.isEnd()) {
      return null;
    }
    return switch (start) {
      case StartPosition.Latest _ -> null;
      case StartPosition.Earliest _, StartPosition.Since _, StartPosition.Last _ -> start;
      case StartPosition.At at -> {
        long basisMs = basisMs(at.cursor());
        boolean elsewhere = positions.loss(at.cursor(), place.partition()) != null;
        yield elsewhere && basisMs >= 0
            ? new StartPosition.Since(Math.max(0, basisMs - APPROXIMATE_MS))
            : null;
      }
    };
  }

  /** Up to when who holds a cursor has had everything; negative when it does not say. */
  private long basisMs(Cursor cursor) {
    OptionalLong seconds = cursor.basisSeconds();
    return seconds.isPresent()
        ? Math.min(1_000 * Math.min(seconds.getAsLong(), MAX_BASIS_SECONDS), clock.millis())
        : -1;
  }

  private void setRange(LaneReader reader, StartPosition start, ReaderRange range) {
    if (start instanceof StartPosition.At at && range.unknownStart() != null) {
      range.setApproximate(basisMs(at.cursor()));
    }
    reader.setRange(range);
  }

  /** Nobody is given the broadcast channel's last events who did not ask for the channel. */
  private static StartPosition unasked(StartPosition start) {
    return start instanceof StartPosition.Last ? StartPosition.LATEST : start;
  }

  /** That channel has a partition of its own. */
  private static boolean isUnasked(ConnectionRequest request, Set<String> addresses) {
    return addresses.equals(BROADCAST_ALONE) && !request.channels().contains(Channels.BROADCAST);
  }

  /**
   * One channel.
   *
   * @param ref of the subscribe command that asked for it; negative when none did
   * @param intervalMs least time between two deliveries; 0 for everything at once
   */
  void add(Connection connection, String channel, StartPosition start, long ref, long intervalMs) {
    Set<String> only = Set.of(channel);
    ReaderTerms terms =
        intervalMs > 0 ? ReaderTerms.paced(intervalMs, Long.MIN_VALUE) : slow.terms(only);
    add(connection, places(null, only, start), start, ref, terms);
  }

  /** Of one address, which has one place. */
  private void add(
      Connection connection,
      Map<StartPlaces.Place, Set<String>> one,
      StartPosition start,
      long ref,
      @Nullable ReaderTerms terms) {
    one.forEach((place, addresses) -> add(connection, place, addresses, start, ref, terms));
  }

  private void add(
      Connection connection,
      StartPlaces.Place place,
      Set<String> addresses,
      StartPosition start,
      long ref,
      @Nullable ReaderTerms terms) {
    LaneReader reader = reader(connection, place, addresses, start, ref, terms);
    StartPosition toBeFound = toBeFound(start, place);
    if (toBeFound != null) {
      setRange(reader, start, ReaderRange.from(toBeFound));
    }
    add(reader, start);
  }

  private LaneReader reader(
      Connection connection,
      StartPlaces.Place place,
      Set<String> addresses,
      StartPosition start,
      long ref,
      @Nullable ReaderTerms terms) {
    LanePartition next = place.next();
    long position = next == null ? positions.wanted(cursor(start), place.partition()) : place.end();
    LaneReader reader =
        new LaneReader(connection, place.partition(), addresses, position, ref, terms);
    if (next != null) {
      reader.park(next);
    }
    return reader;
  }

  private static @Nullable Cursor cursor(StartPosition start) {
    return start instanceof StartPosition.At at ? at.cursor() : null;
  }

  private void add(LaneReader reader, StartPosition start) {
    Connection connection = reader.connection();
    LanePartition partition = reader.partition();
    Cursor cursor = cursor(start);
    Reason loss = positions.loss(cursor, partition);
    if (cursor != null) {
      reader.setTimeMs(basisMs(cursor));
      positions.tellIfLost(reader, cursor.lossToldMs());
    }
    if (loss != null && cursor != null) {
      reader.setLossReason(loss);
      if (reader.ref() == NOT_ASKED) {
        connection.setCursorBeforeLoss(CursorCodec.encode(cursor));
      }
    }
    connection.add(reader);
    connection.forgetLosses();
    moves.add(reader);
    if (reader.next() != null) {
      return; // it has all there is of this partition
    }
    boolean resumes = loss != null || (cursor != null && reader.position() != LaneReader.LATEST);
    reader.setResuming(resumes && !connection.transport().kind().isAnswer());
    follows.add(reader);
    PartitionLog log = follows.log(partition);
    if (log != null) {
      positions.open(reader, log);
    }
  }

  /** An interval is for the channels that were asked for, not for what comes without asking. */
  private @Nullable ReaderTerms terms(
      Connection connection,
      ConnectionRequest request,
      LanePartition partition,
      Set<String> addresses) {
    if (partition.lane() != Lane.CHANNELS) {
      return null;
    }
    boolean poll = request.transport().kind() == Transport.Kind.POLL;
    long intervalMs = request.intervalMs();
    if (intervalMs > 0 && !Collections.disjoint(addresses, request.channels())) {
      // A poll's interval begins with its request: there is no other that would end with it.
      long dueAtMs =
          poll
              ? connection.answerByMs() - Math.max(0, request.waitMs() - intervalMs)
              : Long.MIN_VALUE;
      return ReaderTerms.paced(intervalMs, dueAtMs);
    }
    return poll ? null : slow.terms(addresses);
  }

  /**
   * Brings those on whose slots have moved.
   *
   * @param onMoved hears of connections that have something to be told, or to read
   */
  int moveOn(Collection<Connection> connections, Consumer<Connection> onMoved) {
    return moves.turn(connections, onMoved);
  }

  /** What a client is told whose subscription cannot be made; null when it can. */
  @Nullable Notice refusal(Connection connection, long ref, String channel, int maxSubscriptions) {
    if (!connection.subscriber().maySubscribe().test(channel)) {
      return new Notice.CommandError(ref, "not_granted", RevocationSweep.REVOKED, channel);
    }
    if (connection.readerOf(channel) != null) {
      return new Notice.CommandError(ref, "already_subscribed", "already subscribed", channel);
    }
    if (connection.subscriptions() >= maxSubscriptions) {
      return new Notice.CommandError(
          ref,
          "too_many_subscriptions",
          "a connection may follow %d channels".formatted(maxSubscriptions),
          channel);
    }
    if (!hasRoomInCursor(connection, channel)) {
      return new Notice.CommandError(
          ref,
          "too_many_subscriptions",
          "a cursor of so many partitions could outgrow its limit",
          channel);
    }
    return null;
  }

  /** Whether a cursor still fits: refused when a subscription is made, never when it comes back. */
  private boolean hasRoomInCursor(Connection connection, String channel) {
    Set<LanePartition> partitions =
        new HashSet<>(Set.of(slots.get().settled().channelPartition(channel)));
    connection.readers().forEach(reader -> partitions.add(reader.partition()));
    return partitions.size() <= CursorCodec.MAX_POSITIONS;
  }
}
