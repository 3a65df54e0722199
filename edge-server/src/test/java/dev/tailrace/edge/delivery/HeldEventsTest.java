package dev.tailrace.edge.delivery;

import static dev.tailrace.edge.delivery.Edge.cursor;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.connection.DisconnectReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What clients keep in memory by not taking it, each of them something else. */
class HeldEventsTest {
  private static final int LONG = 100_000;
  private static final int BOUND = 10 * LONG + LONG / 2;
  private static final int CLIENTS = 20;
  private static final Duration A_SECOND = Duration.ofSeconds(1);
  private static final Pattern HELD = Pattern.compile("bytes held by those late to read (\\d+)");

  private final Edge edge = new Edge(1 << 20, SlowPolicies.NONE, BOUND);

  private List<CapturingTransport> clients(Supplier<CapturingTransport> client) {
    List<CapturingTransport> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(client.get());
    }
    return clients;
  }

  private void settle() {
    for (int i = 0; i < 3; i++) {
      edge.settle();
      edge.catchUp.settle();
    }
    edge.settle();
  }

  private long held() {
    Matcher matcher = HELD.matcher(edge.proxy.describe());
    assertThat(matcher.find()).isTrue();
    return Long.parseLong(matcher.group(1));
  }

  private static List<String> ids(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "e" + i).toList();
  }

  @Test
  void shouldEndTheSlowestOfThoseThatHoldALongEventEach() {
    CapturingTransport reader = edge.sse(edge.a);
    List<CapturingTransport> clients = clients(() -> edge.sse(edge.a));
    edge.settle();
    for (int i = 0; i < CLIENTS; i++) {
      clients.get(i).stall();
      edge.toChannelLane(edge.a, "e" + i, LONG);
      edge.pass(Duration.ofMillis(10));
    }

    edge.pass(A_SECOND);

    assertThat(clients.subList(0, CLIENTS / 2))
        .allMatch(client -> client.closed() == DisconnectReason.LAGGING);
    assertThat(clients.subList(CLIENTS / 2, CLIENTS)).allMatch(client -> client.closed() == null);
    assertThat(held()).isBetween(10L * LONG, (long) BOUND);
    assertThat(reader.events()).isEqualTo(ids(0, CLIENTS));
    clients.getLast().release();
    edge.pass(A_SECOND);
    assertThat(held()).as("what is taken is held no more").isLessThan(10L * LONG);
  }

  @Test
  void shouldCountAnEventOnceHoweverManyHoldIt() {
    List<CapturingTransport> clients = clients(() -> edge.sse(edge.a));
    edge.settle();
    clients.forEach(CapturingTransport::stall);
    edge.toChannelLane(edge.a, "e0", LONG);
    edge.settle();

    edge.pass(A_SECOND);

    assertThat(clients).allMatch(CapturingTransport::isWriting);
    assertThat(clients).allMatch(client -> client.closed() == null);
    assertThat(held()).isBetween((long) LONG, LONG + 100L);
  }

  @Test
  void shouldCountWhatWasReadFromKafkaForEachOfThem() {
    for (int i = 0; i < 2; i++) {
      edge.toChannelLane(edge.a, "e" + i, LONG);
    }
    String start = cursor(edge.partition(edge.a), 0, edge.broadcast(), 0);
    List<CapturingTransport> clients =
        clients(
            () -> {
              CapturingTransport client = edge.sseFrom(start, edge.a).withTurnLimit(1);
              client.stall();
              return client;
            });
    settle();
    clients.forEach(CapturingTransport::releaseOne); // the first turn told the cursor
    settle();
    assertThat(clients).allMatch(client -> client.events().equals(ids(0, 1)));

    edge.pass(A_SECOND);

    assertThat(clients.stream().filter(client -> client.closed() != null).count())
        .isBetween(CLIENTS / 2L, CLIENTS - 4L);
    assertThat(held()).isBetween(BOUND - 2L * LONG, (long) BOUND);
  }

  /** It is to get ten events, three to a turn, and has not taken its first turn. */
  private CapturingTransport oneThatWasReadAheadFor() {
    for (int i = 0; i < 10; i++) {
      edge.toChannelLane(edge.a, "e" + i);
    }
    String start = cursor(edge.partition(edge.a), 0, edge.broadcast(), 0);
    CapturingTransport client = edge.sseFrom(start, edge.a).withTurnLimit(3);
    client.stall();
    settle();
    return client;
  }

  @Test
  void shouldHoldWhatWasReadAheadInOnePlace() {
    CapturingTransport client = oneThatWasReadAheadFor();
    client.releaseOne();
    settle();

    assertThat(client.events()).isEqualTo(ids(0, 3));
    assertThat(edge.catchUp.last().entries()).isEmpty();
  }

  @Test
  void shouldBoundWhatIsReadAheadForOthersWithoutThoseWhoAreLate() {
    CapturingTransport client = oneThatWasReadAheadFor();
    assertThat(edge.catchUp.heldBytes()).isPositive();

    edge.pass(A_SECOND);

    assertThat(edge.catchUp.heldBytes()).isZero();
    assertThat(held()).isPositive();
    client.release();
    settle();
    assertThat(client.events()).isEqualTo(ids(0, 10));
  }

  @Test
  void shouldLetGoWhatWasReadAheadAndReadItAgain() {
    int events = 1_000;
    for (int i = 0; i < events; i++) {
      edge.toChannelLane(edge.a, "e" + i);
    }
    String start = cursor(edge.partition(edge.a), 0, edge.broadcast(), 0);
    List<CapturingTransport> clients =
        clients(
            () -> {
              CapturingTransport client = edge.sseFrom(start, edge.a).withTurnLimit(100);
              client.stall();
              return client;
            });
    settle();
    int chunks = edge.catchUp.offered();

    edge.pass(A_SECOND);
    assertThat(held()).isBetween(BOUND / 2L, (long) BOUND);
    clients.forEach(CapturingTransport::release);
    settle();

    assertThat(edge.catchUp.offered()).as("some are read again").isGreaterThan(chunks);
    assertThat(clients).allMatch(client -> client.closed() == null);
    clients.forEach(client -> assertThat(client.events()).isEqualTo(ids(0, events)));
  }
}
