package dev.tailrace.edge.delivery;

import static dev.tailrace.edge.lane.Stamped.toChannel;
import static dev.tailrace.edge.lane.Stamped.toUsers;

import com.google.protobuf.ByteString;
import dev.tailrace.edge.agent.ManualClock;
import dev.tailrace.edge.catchup.CatchUpAllowance;
import dev.tailrace.edge.catchup.CatchUpConfig;
import dev.tailrace.edge.catchup.HandCatchUp;
import dev.tailrace.edge.connection.ConnectionCensus;
import dev.tailrace.edge.connection.ConnectionRequest;
import dev.tailrace.edge.connection.DeliveryListener;
import dev.tailrace.edge.connection.DisconnectReason;
import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.connection.SlowPolicy;
import dev.tailrace.edge.connection.Subscriber;
import dev.tailrace.edge.connection.Subscribers;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.cursor.ClusterTag;
import dev.tailrace.edge.cursor.Cursor;
import dev.tailrace.edge.cursor.CursorCodec;
import dev.tailrace.edge.cursor.InvalidCursorException;
import dev.tailrace.edge.cursor.StartPosition;
import dev.tailrace.edge.encoding.EventEncoder;
import dev.tailrace.edge.lane.MemoryLanes;
import dev.tailrace.edge.lane.Stamped;
import dev.tailrace.edge.tail.HandTail;
import dev.tailrace.edge.tracing.DeliveryTraces;
import dev.tailrace.schemas.Channels;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.support.tracing.Tracing;
import dev.tailrace.testing.RecordedSpans;
import dev.tailrace.v1.Delivery;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The inside of an edge, driven by hand: the real delivery agent, tail and catch-up reader, lanes
 * in memory, and a clock that stands. Channels {@code a}, {@code b} and {@code c}: the first two
 * lie in one partition, the third in another.
 */
final class Edge implements DeliveryListener {
  static final String TAG = "abc";
  static final Duration HEARTBEAT = Duration.ofSeconds(20);
  static final Duration LIFETIME = Duration.ofHours(4);
  static final Duration LEEWAY = Duration.ofSeconds(5);
  static final int MAX_SUBSCRIPTIONS = 5;
  private static final int HISTORY_WAIT_MS = 15_000;
  private static final int ROUNDS = 60;

  final RecordedSpans spans = new RecordedSpans();
  final MemoryLanes lanes = new MemoryLanes();
  final ManualClock clock = new ManualClock();
  final SlotMap slots = lanes.slots().get().settled();
  final HandTail tail;
  final HandCatchUp catchUp;
  final DeliveryProxy proxy;
  final String a;
  final String b;
  final String c;
  final List<Long> liveTurns = new ArrayList<>();
  private final List<Long> lateWrites = new ArrayList<>();
  private ConnectionCensus census = new ConnectionCensus();
  private long sourceOffset;
  private int open;
  int withdrawn;
  final List<String> resumed = new ArrayList<>();
  final List<SlowPolicy> slow = new ArrayList<>();

  Edge() {
    this(1 << 20);
  }

  Edge(long logBytes) {
    this(logBytes, SlowPolicies.NONE);
  }

  Edge(long logBytes, SlowPolicies policies) {
    this(logBytes, policies, Long.MAX_VALUE);
  }

  Edge(long logBytes, SlowPolicies policies, long heldBytes) {
    this(logBytes, policies, heldBytes, Long.MAX_VALUE);
  }

  /** Only so much is read from Kafka for a user, and for a network address. */
  static Edge withAllowance(long userBytes, long addressBytes) {
    return withAllowance(1 << 20, userBytes, addressBytes);
  }

  /** The same, with windows of so many bytes. */
  static Edge withAllowance(long logBytes, long userBytes, long addressBytes) {
    return new Edge(
        logBytes, SlowPolicies.NONE, Long.MAX_VALUE, Long.MAX_VALUE, userBytes, addressBytes);
  }

  Edge(long logBytes, SlowPolicies policies, long heldBytes, long readAheadBytes) {
    this(logBytes, policies, heldBytes, readAheadBytes, Long.MAX_VALUE, Long.MAX_VALUE);
  }

  private Edge(
      long logBytes,
      SlowPolicies policies,
      long heldBytes,
      long readAheadBytes,
      long userBytes,
      long addressBytes) {
    catchUp = new HandCatchUp(lanes, clock, readAheadBytes);
    tail = new HandTail(lanes, clock, logBytes);
    proxy =
        new DeliveryProxy(
            0,
            new ClusterTag(TAG),
            lanes.slots(),
            new DeliveryConfig(
                1,
                100,
                MAX_SUBSCRIPTIONS,
                HEARTBEAT,
                LIFETIME,
                Duration.ofSeconds(60),
                policies,
                heldBytes),
            tail,
            tail.consumer().offsets(),
            catchUp,
            new CatchUpAllowance(new CatchUpConfig(userBytes, addressBytes), clock),
            new EventEncoder(new ClusterTag(TAG), key -> {}),
            this,
            new DeliveryTraces(Tracing.to(spans.tracer(), clock)),
            clock,
            new Random(5));
    a = "scores";
    b = name(n -> partition(n).equals(partition("scores")));
    c = name(n -> !partition(n).equals(partition("scores")));
  }

  private static String name(Predicate<String> wanted) {
    for (int i = 0; ; i++) {
      if (wanted.test("channel-" + i)) {
        return "channel-" + i;
      }
    }
  }

  LanePartition partition(String channel) {
    return slots.channelPartition(channel);
  }

  LanePartition broadcast() {
    return partition(Channels.BROADCAST);
  }

  /** A cursor with these positions, given as partition, offset and so on. */
  static String cursor(Object... positions) {
    StringBuilder text = new StringBuilder(TAG);
    for (int i = 0; i < positions.length; i += 2) {
      CursorCodec.append(
          text, (LanePartition) positions[i], ((Number) positions[i + 1]).longValue());
    }
    return text.toString();
  }

  /** As of who has had everything up to now. */
  String timed(String cursor) {
    StringBuilder text = new StringBuilder(cursor);
    CursorCodec.appendBasis(text, clock.instant().getEpochSecond());
    return text.toString();
  }

  static Cursor decoded(String cursor) {
    try {
      return CursorCodec.decode(cursor);
    } catch (InvalidCursorException e) {
      throw new AssertionError(cursor, e);
    }
  }

  /** Where a cursor says; the present without one. */
  static StartPosition at(@Nullable String cursor) {
    return cursor == null ? StartPosition.LATEST : new StartPosition.At(decoded(cursor));
  }

  /** Where a cursor stands in a partition; negative when it does not say. */
  static long position(String cursor, LanePartition partition) {
    return decoded(cursor).position(partition).orElse(-1);
  }

  /** Writes an event to a channel's lane partition; returns its offset. */
  long toChannelLane(String channel, String id) {
    return lanes.append(partition(channel), clock.millis(), toChannel(sourceOffset++, channel, id));
  }

  /** Writes an event that is the newest state of something. */
  long toChannelLane(String channel, String id, String conflationKey) {
    return lanes.append(
        partition(channel),
        clock.millis(),
        Stamped.toChannel(sourceOffset++, channel, id, conflationKey));
  }

  /** Writes an event that is a little longer than this to a channel's lane partition. */
  void toChannelLane(String channel, String id, int bytes) {
    Delivery.Builder large = toChannel(sourceOffset++, channel, id).toBuilder();
    large.getEventBuilder().setData(ByteString.copyFrom(new byte[bytes]));
    lanes.append(partition(channel), clock.millis(), large.build());
  }

  /** Writes an event to a user's lane partition; returns its offset. */
  long toUserLane(String user, String id) {
    return lanes.append(
        slots.userPartition(user), clock.millis(), toUsers(sourceOffset++, List.of(user), id));
  }

  /** The next offset of the ingress partition that everything here comes from. */
  long nextSource() {
    return sourceOffset++;
  }

  /** Somebody whose token ends in a while, and whose connection ends the leeway later. */
  Subscriber expiring(Duration in) {
    long expiresAtMs = clock.millis() + in.toMillis();
    return new Subscriber(
        null, channel -> true, () -> false, expiresAtMs, expiresAtMs + LEEWAY.toMillis());
  }

  static Subscriber anybody(@Nullable String user) {
    return Subscribers.of(user, channel -> true);
  }

  /** Registers a stream that follows channels from the present. */
  CapturingTransport sse(String... channels) {
    return register(Transport.Kind.SSE, anybody(null), null, 0, channels);
  }

  CapturingTransport sseFrom(String cursor, String... channels) {
    return register(Transport.Kind.SSE, anybody(null), cursor, 0, channels);
  }

  CapturingTransport socket(String... channels) {
    return register(Transport.Kind.WEBSOCKET, anybody(null), null, 0, channels);
  }

  CapturingTransport poll(@Nullable String cursor, int waitMs, String... channels) {
    return register(Transport.Kind.POLL, anybody(null), cursor, waitMs, channels);
  }

  CapturingTransport register(
      Transport.Kind kind,
      Subscriber subscriber,
      @Nullable String cursor,
      int waitMs,
      String... channels) {
    CapturingTransport transport = new CapturingTransport(kind);
    register(transport, subscriber, cursor, waitMs, channels);
    return transport;
  }

  /** Registers a client that wants these channels at most once in an interval. */
  CapturingTransport paced(
      Transport.Kind kind,
      @Nullable String cursor,
      int waitMs,
      Duration interval,
      @Nullable String user,
      String... channels) {
    CapturingTransport transport = new CapturingTransport(kind);
    register(transport, anybody(user), at(cursor), waitMs, interval.toMillis(), channels);
    return transport;
  }

  void register(
      CapturingTransport transport,
      Subscriber subscriber,
      @Nullable String cursor,
      int waitMs,
      String... channels) {
    register(transport, subscriber, at(cursor), waitMs, 0, channels);
  }

  /** Registers a client that begins somewhere. */
  CapturingTransport from(
      Transport.Kind kind, StartPosition start, @Nullable String user, String... channels) {
    CapturingTransport transport = new CapturingTransport(kind);
    register(transport, anybody(user), start, 0, 0, channels);
    return transport;
  }

  /** Registers a client that begins somewhere, and comes from a network address. */
  CapturingTransport fromAddress(
      InetAddress address,
      Transport.Kind kind,
      StartPosition start,
      @Nullable String user,
      String... channels) {
    CapturingTransport transport = new CapturingTransport(kind);
    long waitMs = kind == Transport.Kind.HISTORY ? HISTORY_WAIT_MS : 0;
    proxy.offerRegister(
        new ConnectionRequest(
            transport,
            anybody(user),
            Set.of(channels),
            start,
            waitMs,
            0,
            ConnectionRequest.PRESENT,
            address));
    return transport;
  }

  /** Asks for what lies between a position and a time. */
  CapturingTransport history(
      CapturingTransport transport,
      StartPosition start,
      long untilMs,
      @Nullable String user,
      String... channels) {
    proxy.offerRegister(
        new ConnectionRequest(
            transport, anybody(user), Set.of(channels), start, HISTORY_WAIT_MS, 0, untilMs, null));
    return transport;
  }

  void register(
      CapturingTransport transport,
      Subscriber subscriber,
      StartPosition start,
      int waitMs,
      long intervalMs,
      String... channels) {
    int answerMs = transport.kind() == Transport.Kind.HISTORY ? HISTORY_WAIT_MS : waitMs;
    proxy.offerRegister(
        new ConnectionRequest(
            transport, subscriber, Set.of(channels), start, answerMs, intervalMs));
  }

  /** One duty cycle of the delivery agent alone. */
  int step() {
    return proxy.agent().doWork();
  }

  /** Everybody works until there is nothing to do. */
  void settle() {
    for (int i = 0; i < ROUNDS; i++) {
      tail.turn();
      int work = step() + catchUp.turn();
      if (work == 0 && i > 2) {
        return;
      }
    }
  }

  /** Lets time pass and everybody work. */
  void pass(Duration time) {
    clock.advance(time);
    settle();
  }

  /** How long each write took that did not end within its turn. */
  List<Long> lateWrites() {
    return lateWrites;
  }

  /** How the connections stood when they were last looked at. */
  ConnectionCensus census() {
    return census;
  }

  /** Connections that are open now. */
  int open() {
    return open;
  }

  @Override
  public void onOpened(Transport.Kind kind) {
    open++;
  }

  @Override
  public void onClosed(Transport.Kind kind, @Nullable DisconnectReason reason) {
    open--;
  }

  @Override
  public void onTurn(Transport.Kind kind, int events, int bytes, long liveMs) {
    if (liveMs != NOTHING_LIVE) {
      liveTurns.add(liveMs);
    }
  }

  @Override
  public void onLateWrite(Transport.Kind kind, long tookMs) {
    lateWrites.add(tookMs);
  }

  @Override
  public void onCensus(int agent, ConnectionCensus taken) {
    census = taken;
  }

  @Override
  public void onGap(Notice.Gap.Reason reason) {}

  @Override
  public void onResumed(Notice.Gap.@Nullable Reason lost) {
    resumed.add(lost == null ? "whole" : lost.text());
  }

  @Override
  public void onWithdrawn() {
    withdrawn++;
  }

  @Override
  public void onSlow(SlowPolicy applied) {
    slow.add(applied);
  }
}
