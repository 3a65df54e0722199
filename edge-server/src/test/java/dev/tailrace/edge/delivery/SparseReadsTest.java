package dev.tailrace.edge.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.connection.Transport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
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

  private List<String> written(String... addresses) {
    List<String> all = new ArrayList<>();
    for (String address : addresses) {
      all.addAll(written.getOrDefault(address, List.of()));
    }
    return all;
  }

  private CapturingTransport open(Random random, String user, String... channels) {
    CapturingTransport client =
        new CapturingTransport(Transport.Kind.WEBSOCKET).withTurnLimit(1 + random.nextInt(6));
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

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void shouldGiveAllTheirEventsInOrder(int seed) {
    Random random = new Random(seed);
    edge = new Edge(seed % 2 == 0 ? 1 << 20 : 12 << 10); // windows that all fits in, or little
    for (int i = 0; i < USERS; i++) {
      users.put("user-" + i, open(random, "user-" + i));
    }
    CapturingTransport two = open(random, "both", edge.a, edge.b);
    CapturingTransport one = open(random, "one", edge.b);
    edge.settle();

    for (int step = 0; step < STEPS; step++) {
      for (int i = random.nextInt(30); i > 0; i--) {
        int which = random.nextInt(USERS + 3);
        write(which < USERS ? "user-" + which : which == USERS ? edge.a : edge.b);
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
    assertThat(two.events()).containsExactlyInAnyOrderElementsOf(written(edge.a, edge.b));
    assertThat(two.events().stream().filter(written(edge.a)::contains).toList())
        .isEqualTo(written(edge.a));
  }
}
