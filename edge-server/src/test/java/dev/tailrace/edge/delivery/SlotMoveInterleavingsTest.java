package dev.tailrace.edge.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.tailrace.edge.agent.Seeds;
import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.delivery.CapturingTransport.Sent;
import dev.tailrace.edge.lane.HandSlots;
import dev.tailrace.edge.lane.Stamped;
import dev.tailrace.schemas.Channels;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.schemas.SlotHash;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.schemas.SourceId;
import dev.tailrace.testing.history.Address;
import dev.tailrace.testing.history.ClientLog;
import dev.tailrace.testing.history.History;
import dev.tailrace.testing.history.Place;
import dev.tailrace.v1.Delivery;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Lanes grow and slots are isolated, in any interleaving with a dispatcher that is behind, another
 * that goes on with the map of before, an edge that hears late of what is settled, and clients that
 * come, do not read, are cut and come back: each gets what is for it, once and in order.
 */
class SlotMoveInterleavingsTest {
  private static final int RUNS = 6;
  private static final int STEPS = 400;
  private static final int MAX_CLIENTS = 9;
  private static final int WINDOW_BYTES = 12 << 10;
  private static final int READ_AHEAD_BYTES = 40 << 10;
  private static final int POLL_MS = 1_000;
  private static final long LATEST_HEARD_MS = 20_000;
  private static final SourceId SOURCE = SourceId.of(Stamped.TOPIC, 0);
  private static final List<String> USERS = List.of("ann", "bob");

  /** In ingress, and not in the lanes yet. */
  private record Waiting(long source, Address address) {}

  private final History history = new History();
  private final Map<String, Address> sent = new HashMap<>();
  private final Deque<Waiting> ingress = new ArrayDeque<>();
  private final List<Waiting> dispatched = new ArrayList<>();
  private final List<Client> clients = new ArrayList<>();
  private final Edge edge =
      new Edge(WINDOW_BYTES, SlowPolicies.NONE, Long.MAX_VALUE, READ_AHEAD_BYTES);
  private Random random = new Random(0);
  private boolean resting;
  private long fence = -1;
  private long movedMs = Long.MIN_VALUE / 2;
  private int moves;

  /** One that follows some channels, over as many connections as it takes. */
  private final class Client {
    final Transport.Kind kind;
    final @Nullable String user;
    final String[] channels;
    final ClientLog log;
    final Set<String> due = new HashSet<>();
    final Set<String> seen = new HashSet<>();
    boolean hasBegun;
    @Nullable String cursor;
    CapturingTransport transport;
    int taken;

    Client(Transport.Kind kind, @Nullable String user, String... channels) {
      this.kind = kind;
      this.user = user;
      this.channels = channels;
      log = history.client("%s %d".formatted(kind, clients.size()));
      log.asked(addresses());
      transport = connect();
    }

    Address[] addresses() {
      return Stream.concat(
              Stream.concat(Arrays.stream(channels), Stream.of(Channels.BROADCAST))
                  .map(Address::channel),
              Stream.ofNullable(user).map(Address::user))
          .toArray(Address[]::new);
    }

    private CapturingTransport connect() {
      taken = 0;
      CapturingTransport next =
          new CapturingTransport(kind).withTurnLimit(resting ? 1_000 : 1 + random.nextInt(8));
      edge.register(next, Edge.anybody(user), cursor, POLL_MS, channels);
      return next;
    }

    /** Takes so much of what was written to it; a poll that was answered is followed by another. */
    void take(int most) {
      int until = Math.min(transport.sent().size() - taken, most) + taken;
      while (taken < until) {
        take(transport.sent().get(taken++));
      }
      if (kind.isAnswer() && !transport.turns().isEmpty()) {
        cursor = transport.lastCursor();
        begin();
        transport = connect();
      } else if (transport.closed() != null) {
        transport = connect(); // a poll that nobody could answer in time
      }
    }

    private void take(Sent next) {
      String id = next.id();
      if (id != null) {
        log.saw(sent.get(id), id);
        seen.add(id);
      } else if (next.notice() instanceof Notice.Opened) {
        begin();
      }
      assertThat(next.notice() instanceof Notice.Gap).as("%s: %s", log.name(), next).isFalse();
      if (!(next.notice() instanceof Notice.Alive)) { // which has none
        cursor = next.cursor();
      }
    }

    private void begin() {
      hasBegun = true;
      for (Address address : addresses()) {
        log.began(address);
      }
    }

    /** Is cut with some of what was on its way, and comes back with the cursor of what it took. */
    void cut() {
      edge.step();
      take(kind.isAnswer() ? Integer.MAX_VALUE : random.nextInt(10));
      edge.proxy.offerClosed(transport);
      transport = connect();
    }

    void misbehave() {
      switch (random.nextInt(3)) {
        case 0 -> transport.stall();
        case 1 -> transport.releaseOne();
        default -> transport.release();
      }
    }
  }

  static LongStream seeds() {
    return Seeds.of(RUNS);
  }

  @ParameterizedTest
  @Timeout(60)
  @MethodSource("seeds")
  void shouldGiveEachWhatIsForItOnceAndInOrder(long seed) {
    random = new Random(seed);
    edge.lanes.slots().setLate(edge.clock.millis());
    edge.tail.consumer().setMaxRecordsOfAPartition(1 + random.nextInt(30));
    edge.catchUp.consumer().setMaxRecordsOfAPartition(1 + random.nextInt(40));
    clients.add(new Client(Transport.Kind.SSE, "ann", edge.a, edge.b, edge.c));
    edge.settle();
    for (int step = 0; step < STEPS; step++) {
      step();
      edge.step();
      clients.forEach(client -> client.take(Integer.MAX_VALUE));
    }
    comeToRest();

    assertThat(history.findings()).as("seed %d", seed).isEmpty();
    for (Client client : clients) {
      assertThat(client.seen).as("seed %d: %s", seed, client.log.name()).containsAll(client.due);
    }
    if (seed <= RUNS) {
      assertThat(moves).as("seed %d", seed).isGreaterThan(2);
    }
    assertThat(edge.catchUp.waiting() + edge.catchUp.accepted()).as("seed %d", seed).isZero();
  }

  private void comeToRest() {
    resting = true;
    dispatch(Integer.MAX_VALUE);
    settle();
    edge.lanes.slots().hear(edge.clock.millis());
    edge.catchUp.consumer().setMaxRecordsOfAPartition(1_000);
    edge.tail.consumer().setMaxRecordsOfAPartition(1_000);
    clients.forEach(client -> client.transport.release());
    int quiet = 0;
    for (int round = 0; round < 200 && quiet < 3; round++) {
      long before = clients.stream().mapToLong(client -> client.log.seen()).sum();
      edge.pass(Duration.ofSeconds(1));
      clients.forEach(client -> client.take(Integer.MAX_VALUE));
      long after = clients.stream().mapToLong(client -> client.log.seen()).sum();
      quiet = before == after ? quiet + 1 : 0;
    }
  }

  private void step() {
    HandSlots slots = edge.lanes.slots();
    boolean late = edge.clock.millis() - movedMs > LATEST_HEARD_MS;
    if (late || slots.isHeard() || random.nextInt(20) == 0) {
      slots.hear(edge.clock.millis());
    }
    switch (random.nextInt(17)) {
      case 0, 1, 2 -> publish(random.nextInt(20));
      case 3, 4, 5 -> dispatch(random.nextInt(30));
      case 6 -> come();
      case 7, 8 -> someone().misbehave();
      case 9 -> someone().cut();
      case 10 -> move();
      case 11 -> settle();
      case 12 -> goOnWithTheMapOfBefore();
      case 13 -> edge.clock.advance(Duration.ofMillis(random.nextInt(20_000)));
      case 14 -> edge.catchUp.turn();
      default -> edge.tail.turn();
    }
  }

  private Client someone() {
    return clients.get(random.nextInt(clients.size()));
  }

  private void come() {
    if (clients.size() < MAX_CLIENTS) {
      String user = random.nextBoolean() ? USERS.get(random.nextInt(USERS.size())) : null;
      clients.add(
          switch (random.nextInt(4)) {
            case 0 -> new Client(Transport.Kind.SSE, user, edge.a, edge.b, edge.c);
            case 1 ->
                new Client(Transport.Kind.WEBSOCKET, user, random.nextBoolean() ? edge.a : edge.c);
            case 2 -> new Client(Transport.Kind.SSE, user, edge.b);
            default -> new Client(Transport.Kind.POLL, user, edge.a, edge.c);
          });
    }
  }

  // ---- what a dispatcher does

  private void publish(int count) {
    List<Address> addresses =
        Stream.concat(
                Stream.of(edge.a, edge.b, edge.c, Channels.BROADCAST).map(Address::channel),
                USERS.stream().map(Address::user))
            .toList();
    for (int i = 0; i < count; i++) {
      Waiting next =
          new Waiting(edge.nextSource(), addresses.get(random.nextInt(addresses.size())));
      history.sending(id(next), Set.of(next.address()));
      sent.put(id(next), next.address());
      ingress.add(next);
    }
  }

  private static String id(Waiting event) {
    return "e" + event.source();
  }

  private void dispatch(int count) {
    for (int i = 0; i < count && !ingress.isEmpty(); i++) {
      Waiting next = ingress.remove();
      write(next, edge.lanes.slots().present().at(SOURCE, next.source()));
      dispatched.add(next);
      history.acknowledged(id(next), new Place("ingress", next.source()));
      clients.stream()
          .filter(client -> client.hasBegun)
          .filter(client -> Arrays.asList(client.addresses()).contains(next.address()))
          .forEach(client -> client.due.add(id(next)));
      if (random.nextInt(10) == 0) {
        write(next, edge.lanes.slots().present().at(SOURCE, next.source())); // once more
      }
    }
  }

  private void write(Waiting event, SlotMap map) {
    String name = event.address().name();
    boolean personal = event.address().kind() == Address.Kind.USER;
    LanePartition partition = personal ? map.userPartition(name) : map.channelPartition(name);
    Delivery.Builder delivery =
        (personal
                ? Stamped.toUsers(event.source(), List.of(name), id(event))
                : Stamped.toChannel(event.source(), name, id(event)))
            .toBuilder().setSlotMapVersion(map.version());
    delivery.getEventBuilder().setData(ByteString.copyFrom(new byte[random.nextInt(700)]));
    edge.lanes.append(partition, edge.clock.millis(), delivery.build());
  }

  /** Another that was paused writes what the right one has written elsewhere, or will. */
  private void goOnWithTheMapOfBefore() {
    SlotMap heard = edge.lanes.slots().get().at(SOURCE, fence);
    if (fence >= 0 && heard.version() == edge.lanes.slots().present().newest().version()) {
      SlotMap before = edge.lanes.slots().present().at(SOURCE, fence - 1);
      dispatched.stream()
          .filter(event -> event.source() >= fence)
          .limit(5)
          .forEach(event -> write(event, before));
    }
  }

  // ---- what the coordinator does

  private void move() {
    SlotMap newest = edge.lanes.slots().present().newest();
    if (!edge.lanes.slots().present().isQuiet()) {
      return;
    }
    String alone = random.nextBoolean() ? edge.a : edge.b;
    if (random.nextInt(3) == 0 && !newest.isIsolated(Lane.CHANNELS, SlotHash.channelSlot(alone))) {
      edge.lanes.slots().isolate(Lane.CHANNELS, SlotHash.channelSlot(alone));
    } else {
      Lane lane = random.nextBoolean() ? Lane.CHANNELS : Lane.USERS;
      edge.lanes.slots().grow(lane, newest.partitions(lane) + 1 + random.nextInt(3));
    }
    fence = edge.nextSource();
    edge.lanes.slots().fence(fence);
    movedMs = edge.clock.millis();
    moves++;
  }

  private void settle() {
    boolean passed = ingress.isEmpty() || ingress.peek().source() >= fence;
    if (passed && !edge.lanes.slots().present().isQuiet()) {
      edge.lanes.slots().settle(edge.lanes, edge.clock.instant());
      movedMs = edge.clock.millis();
    }
  }
}
