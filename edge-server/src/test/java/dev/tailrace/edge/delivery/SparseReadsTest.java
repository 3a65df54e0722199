package dev.tailrace.edge.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.lane.Stamped;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Events of many who share partitions, in any order, to clients that now and then do not read:
 * whichever way a turn finds what it has to write, all get theirs, once and in order.
 */
class SparseReadsTest {
  private static final int USERS = 40;
  private static final int STEPS = 1_000;

  private final Map<String, List<String>> written = new LinkedHashMap<>();
  private final Map<String, CapturingTransport> users = new LinkedHashMap<>();
  private Edge edge = new Edge();
  private int next;

  private void write(String address) {
    String id = "e" + next++;
    if (address.startsWith("user-")) {
      edge.toUserLane(address, id);
    } else {
      edge.toChannelLane(address, id);
    }
    written.computeIfAbsent(address, key -> new ArrayList<>()).add(id);
  }

  private List<String> written(String address) {
    return written.getOrDefault(address, List.of());
  }

  private List<String> writtenInOrder(String one, String other) {
    return Stream.concat(written(one).stream(), written(other).stream())
        .sorted(Comparator.comparingInt(id -> Integer.parseInt(id.substring(1))))
        .toList();
  }

  /** A channel in the partition of {@code a} and {@code b} that nobody follows. */
  private String neighbour() {
    return IntStream.iterate(0, i -> i + 1)
        .mapToObj(i -> "neighbour-" + i)
        .filter(name -> edge.partition(name).equals(edge.partition(edge.a)))
        .findFirst()
        .orElseThrow();
  }

  private CapturingTransport open(
      Random random, Transport.Kind kind, String user, String... channels) {
    CapturingTransport client = new CapturingTransport(kind).withTurnLimit(1 + random.nextInt(6));
    edge.register(client, Edge.anybody(user), null, 0, channels);
    return client;
  }

  private static void maybeStall(Random random, CapturingTransport client) {
    switch (random.nextInt(4)) {
      case 0 -> client.stall();
      case 1 -> client.releaseOne();
      default -> client.release();
    }
  }

  @Test
  void shouldGiveAnEventThatNamesItsUserTwiceOnce() {
    CapturingTransport ann = edge.register(Transport.Kind.SSE, Edge.anybody("ann"), null, 0);
    edge.settle();
    for (int i = 0; i < 3; i++) {
      edge.lanes.append(
          edge.slots.userPartition("ann"),
          edge.clock.millis(),
          Stamped.toUsers(edge.nextSource(), List.of("ann", "ann"), "e" + i));
      for (int other = 0; other < 20; other++) {
        edge.lanes.append(
            edge.slots.userPartition("ann"),
            edge.clock.millis(),
            Stamped.toUsers(edge.nextSource(), List.of("bob"), "other"));
      }
    }
    edge.settle();

    assertThat(ann.events()).containsExactly("e0", "e1", "e2");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void shouldGiveAllTheirEventsInOrder(int seed) {
    Random random = new Random(seed);
    edge = new Edge(seed % 2 == 0 ? 1 << 20 : 12 << 10); // windows that all fits in, or little
    for (int i = 0; i < USERS; i++) {
      users.put("user-" + i, open(random, Transport.Kind.WEBSOCKET, "user-" + i));
    }
    CapturingTransport two = open(random, Transport.Kind.SSE, "both", edge.a, edge.b);
    CapturingTransport one = open(random, Transport.Kind.WEBSOCKET, "one", edge.b);
    String neighbour = neighbour();
    edge.settle();

    for (int step = 0; step < STEPS; step++) {
      for (int i = random.nextInt(30); i > 0; i--) {
        int which = random.nextInt(USERS + 12);
        write(
            switch (which - USERS) {
              case 0 -> edge.a;
              case 1, 2 -> edge.b;
              case 3, 4, 5, 6, 7, 8, 9, 10, 11 -> neighbour;
              default -> "user-" + which;
            });
      }
      for (int i = random.nextInt(3); i > 0; i--) {
        edge.tail.turn();
      }
      maybeStall(random, users.get("user-" + random.nextInt(USERS)));
      maybeStall(random, random.nextBoolean() ? one : two);
      edge.step();
      if (random.nextInt(4) == 0) {
        edge.catchUp.turn();
      }
    }
    users.values().forEach(CapturingTransport::release);
    one.release();
    two.release();
    for (int i = 0; i < 200; i++) {
      edge.settle();
    }

    users.forEach((user, client) -> assertThat(client.events()).isEqualTo(written(user)));
    assertThat(one.events()).isEqualTo(written(edge.b));
    assertThat(two.events()).isEqualTo(writtenInOrder(edge.a, edge.b));
  }
}
