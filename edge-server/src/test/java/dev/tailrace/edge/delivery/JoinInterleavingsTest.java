package dev.tailrace.edge.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.tailrace.edge.agent.Seeds;
import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.connection.Notice.Gap.Reason;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.cursor.CursorCodec;
import dev.tailrace.edge.cursor.StartPosition;
import dev.tailrace.edge.delivery.CapturingTransport.Sent;
import dev.tailrace.edge.lane.Stamped;
import dev.tailrace.schemas.Channels;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.testing.history.Address;
import dev.tailrace.testing.history.ClientLog;
import dev.tailrace.testing.history.Finding;
import dev.tailrace.testing.history.History;
import dev.tailrace.testing.history.Place;
import dev.tailrace.testing.history.ToldGap;
import dev.tailrace.v1.Delivery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Clients that come from anywhere and any time, do not read, fall out of the window, are cut and
 * come back, in any interleaving with a log that grows, has holes and repeats itself, a window that
 * moves on, and a Kafka that fails now and then: each gets what is for it, once, in order, or is
 * told of a loss, and of none but the one that there was.
 */
class JoinInterleavingsTest {
  private static final int RUNS = 2;
  private static final int STEPS = 300;
  private static final int MAX_CLIENTS = 9;
  private static final int WINDOW_BYTES = 12 << 10;
  private static final int READ_AHEAD_BYTES = 40 << 10;
  private static final int SHARE_BYTES = 60_000;
  private static final int POLL_MS = 1_000;
  private static final String USER = "ann";

  /** What a run loses, and what is told of it. */
  enum Loss {
    NOTHING(null),
    WHAT_RETENTION_REMOVES(Reason.RETENTION),
    TAILS(Reason.TRUNCATED),
    THE_CLUSTER(Reason.GENERATION),
    WHAT_IS_BEYOND_A_SHARE(Reason.BUDGET);

    final @Nullable Reason reason;

    Loss(@Nullable Reason reason) {
      this.reason = reason;
    }
  }

  private final History history = new History();
  private final Map<String, Address> sent = new HashMap<>();
  private final WrittenEvents written = new WrittenEvents();
  private final Map<LanePartition, List<Long>> batches = new HashMap<>();
  private final Set<String> gone = new HashSet<>();
  private final List<Client> clients = new ArrayList<>();
  private Random random = new Random(0);
  private Loss loss = Loss.NOTHING;
  private Edge edge = new Edge();
  private boolean resting;

  /** One that follows some channels, over as many connections as it takes. */
  private final class Client {
    final Transport.Kind kind;
    final StartPosition start;
    final @Nullable String user;
    final String[] channels;
    final ClientLog log;
    final Set<String> due = new HashSet<>();

    /** What was there already when it came, and that it came for. */
    final Set<String> wanted = new HashSet<>();

    final Set<String> seen = new HashSet<>();

    /** Addresses of which it lacks something that is lost, with the first event after that. */
    final Map<Address, Long> untold = new HashMap<>();

    boolean hasBegun;
    boolean comesBack;
    @Nullable String cursor;
    CapturingTransport transport;
    int taken;

    Client(Transport.Kind kind, @Nullable String user, StartPosition start, String... channels) {
      this.kind = kind;
      this.user = user;
      this.channels = channels;
      this.start = start;
      cursor = start instanceof StartPosition.At at ? at.cursor().toString() : null;
      log = history.client("%s %d".formatted(kind, clients.size()));
      log.asked(addresses());
      Set<Address> mine = Set.of(addresses());
      written.from(start).stream().filter(id -> mine.contains(sent.get(id))).forEach(wanted::add);
      transport = connect();
    }

    Address[] addresses() {
      Stream<Address> named = Arrays.stream(channels).map(Address::channel);
      if (kind == Transport.Kind.HISTORY) {
        return channels.length > 0
            ? named.toArray(Address[]::new)
            : new Address[] {Address.user(Objects.requireNonNull(user))};
      }
      return Stream.of(
              named,
              Stream.of(Address.channel(Channels.BROADCAST)),
              Stream.ofNullable(user).map(Address::user))
          .flatMap(all -> all)
          .toArray(Address[]::new);
    }

    private CapturingTransport connect() {
      taken = 0;
      comesBack = cursor != null;
      CapturingTransport next = new CapturingTransport(kind).withTurnLimit(turnLimit());
      StartPosition from = cursor == null ? start : Edge.at(cursor);
      edge.register(next, Edge.anybody(user), from, POLL_MS, 0, channels);
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
        transport = connect();
      }
    }

    private void take(Sent next) {
      String id = next.id();
      if (id != null) {
        Address address = sent.get(id);
        log.saw(address, id);
        seen.add(id);
        assertThat(Long.parseLong(id.substring(1)))
            .as("%s: %s, without a gap before it", log.name(), id)
            .isLessThan(untold.getOrDefault(address, Long.MAX_VALUE));
      } else if (next.notice() instanceof Notice.Gap gap) {
        ToldGap told = ToldGap.of(gap.reason().text(), gap.channels().toArray(String[]::new));
        // Who comes back is believed to lack what its cursor was not sure to have had.
        boolean mayRepeat = gap.approximate() || (loss == Loss.TAILS && comesBack);
        log.told(mayRepeat ? told.withRepeats() : told);
        gap.channels().forEach(channel -> untold.remove(Address.channel(channel)));
      } else if (next.notice() instanceof Notice.Opened) {
        begin();
      }
      cursor = next.cursor();
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
      if (loss == Loss.THE_CLUSTER && cursor != null && random.nextInt(3) == 0) {
        cursor = "zzz" + cursor.substring(cursor.indexOf('~'));
      }
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

  static Stream<Arguments> runs() {
    return Stream.of(Loss.values())
        .flatMap(loss -> Seeds.of(RUNS).mapToObj(seed -> Arguments.of(loss, seed)));
  }

  @ParameterizedTest
  @Timeout(60)
  @MethodSource("runs")
  void shouldGiveEachWhatIsForItOnceAndInOrderOrTellWhyNot(Loss lost, long seed) {
    loss = lost;
    random = new Random(seed);
    edge =
        lost == Loss.WHAT_IS_BEYOND_A_SHARE
            ? Edge.withAllowance(WINDOW_BYTES, SHARE_BYTES, Long.MAX_VALUE)
            : new Edge(WINDOW_BYTES, SlowPolicies.NONE, Long.MAX_VALUE, READ_AHEAD_BYTES);
    edge.tail.consumer().setMaxRecordsOfAPartition(1 + random.nextInt(30));
    edge.catchUp.consumer().setMaxRecordsOfAPartition(1 + random.nextInt(40));
    clients.add(new Client(Transport.Kind.SSE, null, StartPosition.LATEST, edge.a, edge.b, edge.c));
    edge.settle();
    for (int step = 0; step < STEPS; step++) {
      step();
      edge.step();
      clients.forEach(client -> client.take(Integer.MAX_VALUE));
    }
    comeToRest();

    assertThat(findings()).as("%s, seed %d", lost, seed).isEmpty();
    assertThat(history.gaps())
        .as("%s, seed %d", lost, seed)
        .allMatch(gap -> lost.reason != null && gap.reason().equals(lost.reason.text()));
    if (seed <= RUNS) { // another may be one in which nobody loses anything, or leaves the window
      assertThat(history.gaps().isEmpty())
          .as("%s, seed %d", lost, seed)
          .isEqualTo(lost.reason == null);
      assertThat(edge.catchUp.laps()).as("seed %d: some left the window", seed).isPositive();
    }
    clients.forEach(client -> assertLacksOnlyWhatIsGone(client, seed));
    assertThat(edge.catchUp.waiting() + edge.catchUp.accepted()).as("seed %d", seed).isZero();
    assertThat(edge.catchUp.heldBytes()).as("seed %d", seed).isZero();
  }

  private void assertLacksOnlyWhatIsGone(Client client, long seed) {
    boolean maySkip =
        loss == Loss.THE_CLUSTER || (loss == Loss.WHAT_IS_BEYOND_A_SHARE && client.user != null);
    if (!maySkip) {
      Set<String> lacking = new HashSet<>(client.due);
      lacking.addAll(client.wanted);
      lacking.removeAll(client.seen);
      assertThat(gone).as("%s, seed %d: %s", loss, seed, client.log.name()).containsAll(lacking);
    }
    assertThat(client.untold).as("%s, seed %d: %s", loss, seed, client.log.name()).isEmpty();
  }

  private int turnLimit() {
    return resting ? 1_000 : 1 + random.nextInt(8);
  }

  private void comeToRest() {
    resting = true;
    edge.catchUp.consumer().setReadFailure(null);
    edge.catchUp.consumer().setMaxRecordsOfAPartition(1_000);
    edge.tail.consumer().setMaxRecordsOfAPartition(1_000);
    clients.forEach(client -> client.transport.release());
    int quiet = 0;
    for (int round = 0; round < 200 && quiet < 3; round++) {
      long before = taken();
      edge.pass(Duration.ofSeconds(1));
      clients.forEach(client -> client.take(Integer.MAX_VALUE));
      quiet = taken() == before ? quiet + 1 : 0;
    }
  }

  private long taken() {
    return clients.stream().mapToLong(client -> client.log.seen()).sum();
  }

  /**
   * A lost tail is told at once, also to who has not come there yet: then what came before it is
   * given after the gap, which is right, and more than a history knows.
   */
  private List<Finding> findings() {
    return history.findings().stream()
        .filter(
            finding ->
                !(loss == Loss.TAILS
                    && finding instanceof Finding.Lost lost
                    && gone.containsAll(lost.ids())))
        .toList();
  }

  // ---- one step of many

  private void step() {
    switch (random.nextInt(16)) {
      case 0, 1, 2 -> write(random.nextInt(20));
      case 3 -> {
        String channel = channel();
        edge.lanes.skip(edge.partition(channel), random.nextInt(4));
        write(channel, 1 + random.nextInt(3)); // what lies at the end is no hole
      }
      case 4 -> come();
      case 5, 6 -> someone().misbehave();
      case 7 -> someone().cut();
      case 8 -> lose();
      case 9 -> edge.clock.advance(Duration.ofMillis(random.nextInt(1_500)));
      case 10 ->
          edge.catchUp
              .consumer()
              .setReadFailure(
                  random.nextInt(3) == 0 ? new TimeoutException("gone") : null, random.nextInt(5));
      case 11, 12 -> edge.catchUp.turn();
      default -> edge.tail.turn();
    }
  }

  private Client someone() {
    return clients.get(random.nextInt(clients.size()));
  }

  private String channel() {
    return random.nextInt(3) == 0 ? edge.c : random.nextBoolean() ? edge.a : edge.b;
  }

  /** Some events of one partition, the last of which a dispatcher may write again. */
  private void write(int count) {
    switch (random.nextInt(12)) {
      case 0, 1 -> write(edge.slots.userPartition(USER), List.of(Address.user(USER)), count);
      case 2 -> write(Channels.BROADCAST, count);
      default -> write(channel(), count);
    }
  }

  private void write(String channel, int count) {
    List<Address> addresses =
        Stream.of(edge.a, edge.b, edge.c, Channels.BROADCAST)
            .filter(other -> edge.partition(other).equals(edge.partition(channel)))
            .map(Address::channel)
            .toList();
    write(edge.partition(channel), addresses, count);
  }

  private void write(LanePartition partition, List<Address> addresses, int count) {
    batches.computeIfAbsent(partition, p -> new ArrayList<>()).add(edge.lanes.end(partition));
    List<Delivery> batch = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      batch.add(append(partition, addresses.get(random.nextInt(addresses.size()))));
    }
    if (count > 0 && random.nextInt(3) == 0) {
      batch
          .subList(random.nextInt(count), count)
          .forEach(again -> edge.lanes.append(partition, edge.clock.millis(), again));
    }
  }

  private Delivery append(LanePartition partition, Address address) {
    long source = edge.nextSource();
    String id = "e" + source;
    history.sending(id, Set.of(address));
    Delivery.Builder delivery =
        (address.kind() == Address.Kind.USER
                ? Stamped.toUsers(source, List.of(address.name()), id)
                : Stamped.toChannel(source, address.name(), id))
            .toBuilder();
    delivery.getEventBuilder().setData(ByteString.copyFrom(new byte[random.nextInt(700)]));
    long offset = edge.lanes.append(partition, edge.clock.millis(), delivery.build());
    history.acknowledged(id, new Place("ingress", source));
    sent.put(id, address);
    written.add(partition, offset, edge.clock.millis(), id);
    clients.stream()
        .filter(client -> client.hasBegun && Arrays.asList(client.addresses()).contains(address))
        .forEach(client -> client.due.add(id));
    return delivery.build();
  }

  private void come() {
    if (clients.size() >= MAX_CLIENTS) {
      return;
    }
    StartPosition from = start();
    String user = random.nextBoolean() ? USER : null;
    clients.add(
        switch (random.nextInt(6)) {
          case 0 -> new Client(Transport.Kind.SSE, user, from, edge.a, edge.b, edge.c);
          case 1 -> new Client(Transport.Kind.WEBSOCKET, user, from, edge.a, edge.c);
          case 2 -> new Client(Transport.Kind.WEBSOCKET, user, from, edge.b);
          case 3 -> new Client(Transport.Kind.HISTORY, user, from, edge.a, edge.b, edge.c);
          case 4 -> new Client(Transport.Kind.HISTORY, USER, from);
          default -> new Client(Transport.Kind.POLL, user, from, edge.a, edge.b);
        });
  }

  private StartPosition start() {
    return switch (random.nextInt(6)) {
      case 0 -> StartPosition.LATEST;
      case 1 -> new StartPosition.Since(edge.clock.millis() - random.nextInt(20_000));
      case 2 -> new StartPosition.Last(1 + random.nextInt(20));
      case 3 -> StartPosition.EARLIEST;
      default -> Edge.at(edge.timed(anywhere()));
    };
  }

  /** A cursor of any position in each partition. */
  private String anywhere() {
    StringBuilder text = new StringBuilder(Edge.TAG);
    for (LanePartition partition : partitions()) {
      CursorCodec.append(text, partition, random.nextLong(edge.lanes.end(partition) + 1));
    }
    return text.toString();
  }

  private List<LanePartition> partitions() {
    return List.of(edge.slots.userPartition(USER), edge.partition(edge.a), edge.partition(edge.c));
  }

  // ---- what is lost

  private void lose() {
    LanePartition partition = partitions().get(random.nextInt(3));
    List<Long> begun = batches.getOrDefault(partition, List.of());
    if (begun.isEmpty()) {
      return;
    }
    if (loss == Loss.WHAT_RETENTION_REMOVES && random.nextBoolean()) {
      // Retention leaves no repetition without what it repeats: it is hours behind.
      long first = begun.get(random.nextInt(begun.size()));
      if (first
          >= edge.lanes.records(partition).stream().findFirst().map(r -> r.offset()).orElse(0L)) {
        edge.lanes.removeBelow(partition, first);
        gone.addAll(written.remove(partition, 0, first));
      }
    } else if (loss == Loss.TAILS && !partition.equals(edge.slots.userPartition(USER))) {
      loseTail(partition, 1 + random.nextInt(20));
    }
  }

  /** Before anything newer comes of them, a gap has to be told. */
  private void expectGaps(Client client) {
    long next = edge.nextSource();
    client.due.stream()
        .filter(id -> gone.contains(id) && !client.seen.contains(id))
        .forEach(id -> client.untold.putIfAbsent(sent.get(id), next));
    gone.forEach(client.due::remove);
  }

  /** Others lie there, perhaps, when the tail hears of it, which had read all that was there. */
  private void loseTail(LanePartition partition, int records) {
    long end = edge.lanes.end(partition);
    int kept = edge.lanes.records(partition).size() - records;
    if (kept < 1) {
      return;
    }
    long first = edge.lanes.records(partition).get(kept - 1).offset() + 1;
    for (int i = 0; !edge.tail.hasRead(partition, end); i++) {
      assertThat(i).as("turns of the tail that did not come to the end").isLessThan(2_000);
      edge.clock.advance(Duration.ofMillis(10));
      edge.step();
      edge.tail.turn();
    }
    gone.addAll(written.remove(partition, first, Long.MAX_VALUE));
    clients.forEach(this::expectGaps);
    edge.lanes.removeFrom(partition, first);
    write(random.nextInt(20));
    TopicPartition topic = new TopicPartition(partition.topic(), partition.partition());
    edge.tail
        .consumer()
        .setReadFailure(
            new LogTruncationException(
                Map.of(topic, end), Map.of(topic, new OffsetAndMetadata(first))));
    int reads = edge.tail.consumer().reads();
    while (edge.tail.consumer().reads() == reads) {
      edge.tail.turn();
    }
    edge.tail.consumer().setReadFailure(null);
  }
}
