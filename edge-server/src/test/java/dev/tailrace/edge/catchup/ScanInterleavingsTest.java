package dev.tailrace.edge.catchup;

import static dev.tailrace.edge.lane.Stamped.toChannel;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.tailrace.edge.agent.ManualClock;
import dev.tailrace.edge.agent.Seeds;
import dev.tailrace.edge.lane.MemoryLanes;
import dev.tailrace.edge.log.LogEntry;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.v1.Delivery;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Clients that come at any time from any position, read at any pace and give up, while the log
 * grows, has holes, repeats itself and fails: each that stays gets what is for it, once, in order.
 */
class ScanInterleavingsTest {
  private static final int RUNS = 9;
  private static final LanePartition PARTITION = new LanePartition(Lane.CHANNELS, 1, 1);
  private static final List<String> CHANNELS = List.of("a", "b", "c");

  private final MemoryLanes lanes = new MemoryLanes();
  private final ManualClock clock = new ManualClock();
  private final HandCatchUp catchUp = new HandCatchUp(lanes, clock, 400_000);
  private final Map<String, List<Long>> written = new HashMap<>();
  private final List<Client> clients = new ArrayList<>();
  private final Queue<Client> readingNothing = new ArrayDeque<>();
  private Random random = new Random(0);
  private int sourceOffset;

  /** One that reads on from where it is until it is told to stop. */
  private final class Client {
    final CatchUpSession session;
    final String channel;
    final long from;
    final List<Long> got = new ArrayList<>();
    boolean gone;

    Client(String channel, long from) {
      this.channel = channel;
      this.from = from;
      session =
          new CatchUpSession(PARTITION, from, Set.of(channel), back -> readingNothing.add(this));
    }

    void take() {
      session.entries().stream().map(LogEntry::offset).forEach(got::add);
      session.entries().clear();
      ask();
    }

    void ask() {
      session.join(HandCatchUp.logFrom(lanes.end(PARTITION)));
      catchUp.offer(session);
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
    catchUp.consumer().setMaxRecordsOfAPartition(1 + random.nextInt(40));
    write(200);
    for (int step = 0; step < 1_500; step++) {
      step();
    }
    catchUp.consumer().setReadFailure(null);
    while (clients.stream().anyMatch(c -> !c.gone && c.session.position() < end())) {
      catchUp.turn();
      takeAll();
    }

    for (Client client : clients) {
      List<Long> due =
          written.getOrDefault(client.channel, List.of()).stream()
              .filter(offset -> offset >= client.from)
              .toList();
      if (client.gone) {
        int count = Math.min(due.size(), client.got.size());
        assertThat(client.got).as("seed %d", seed).isEqualTo(due.subList(0, count));
      } else {
        assertThat(client.got).as("seed %d", seed).isEqualTo(due);
      }
    }
    assertThat(clients).as("seed %d", seed).hasSizeGreaterThan(20);
    clients.forEach(client -> client.session.cancel());
    assertThat(catchUp.heldBytes()).as("seed %d", seed).isZero();
    catchUp.settle();
    assertThat(catchUp.accepted()).as("seed %d: waiting", seed).isZero();
  }

  private void step() {
    switch (random.nextInt(12)) {
      case 0 -> write(random.nextInt(20));
      case 1 -> {
        lanes.skip(PARTITION, random.nextInt(3));
        write(1); // what lies at the end is no hole
      }
      case 2 -> come();
      case 3 -> giveUp();
      case 4 ->
          catchUp
              .consumer()
              .setReadFailure(
                  random.nextInt(4) == 0 ? new TimeoutException("gone") : null, random.nextInt(5));
      case 5, 6, 7 -> takeOne();
      default -> catchUp.turn();
    }
  }

  private void come() {
    if (clients.stream().filter(c -> !c.gone).count() < 30) {
      Client client = new Client(CHANNELS.get(random.nextInt(3)), random.nextLong(end() + 1));
      clients.add(client);
      client.ask();
    }
  }

  private void giveUp() {
    if (!clients.isEmpty()) {
      Client client = clients.get(random.nextInt(clients.size()));
      client.session.cancel();
      client.gone = true;
    }
  }

  private void takeOne() {
    Client client = readingNothing.poll();
    if (client != null && !client.gone) {
      client.take();
    }
  }

  private void takeAll() {
    while (!readingNothing.isEmpty()) {
      takeOne();
    }
  }

  private long end() {
    return lanes.end(PARTITION);
  }

  private void write(int count) {
    for (int i = 0; i < count; i++) {
      String channel = CHANNELS.get(random.nextInt(3));
      Delivery.Builder delivery = toChannel(sourceOffset, channel, "e").toBuilder();
      delivery.getEventBuilder().setData(ByteString.copyFrom(new byte[random.nextInt(30_000)]));
      long offset = lanes.append(PARTITION, clock.millis(), delivery.build());
      written.computeIfAbsent(channel, c -> new ArrayList<>()).add(offset);
      sourceOffset++;
      if (random.nextInt(5) == 0) { // a dispatcher writes the last ones again
        for (int back = Math.min(3, sourceOffset); back > 0; back--) {
          lanes.append(PARTITION, clock.millis(), toChannel(sourceOffset - back, channel, "e"));
        }
      }
    }
  }
}
