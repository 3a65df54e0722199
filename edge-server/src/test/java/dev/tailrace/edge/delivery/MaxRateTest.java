package dev.tailrace.edge.delivery;

import static dev.tailrace.edge.delivery.Edge.cursor;
import static dev.tailrace.edge.delivery.Edge.position;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.cursor.StartPosition;
import dev.tailrace.edge.lane.Stamped;
import dev.tailrace.edge.log.LogEntry;
import dev.tailrace.schemas.Channels;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.v1.Delivery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Subscriptions that want fewer events than there are. */
class MaxRateTest {
  private static final Duration INTERVAL = Duration.ofMillis(480); // whole ticks of the wheel
  private static final Duration TICK = Duration.ofMillis(16);

  /** So far that they are looked for one by one. */
  private static final int APART = 8;

  private Edge edge = new Edge();

  private CapturingTransport paced(Transport.Kind kind, String... channels) {
    CapturingTransport client = edge.paced(kind, null, 0, INTERVAL, "ann", channels);
    edge.settle();
    return client;
  }

  private void write(String channel, int from, int to) {
    for (int i = from; i < to; i++) {
      edge.toChannelLane(channel, "e" + i, "key-" + i % 2);
    }
    edge.settle();
  }

  @Test
  void shouldDeliverTheNewestOfEachKeyOnceInAnInterval() {
    CapturingTransport client = paced(Transport.Kind.SSE, edge.a);
    write(edge.a, 0, 1);
    assertThat(client.events()).as("the first waits for nothing").containsExactly("e0");

    write(edge.a, 1, 10);
    edge.pass(INTERVAL.minus(TICK));
    assertThat(client.events()).containsExactly("e0");
    edge.pass(TICK.plus(TICK));
    assertThat(client.events()).containsExactly("e0", "e8", "e9");

    write(edge.a, 10, 11);
    assertThat(client.events()).hasSize(3);
    edge.pass(INTERVAL.plus(TICK));
    assertThat(client.events()).containsExactly("e0", "e8", "e9", "e10");
    assertThat(client.notices(Notice.Gap.class)).isEmpty();

    edge.pass(INTERVAL.multipliedBy(2));
    write(edge.a, 11, 12);
    assertThat(client.events()).as("after a quiet time").endsWith("e11");
  }

  /** Events, each followed by others' up to the next, as the tail appends them. */
  private void append(long from, int count, int apart) {
    List<LogEntry> entries = new ArrayList<>();
    LanePartition partition = edge.partition(edge.a);
    for (int i = 0; i < count * apart; i++) {
      long offset = from + i;
      String channel = i % apart == 0 ? edge.a : "of-others";
      Delivery delivery = Stamped.toChannel(offset, channel, "e" + offset, "key");
      entries.add(
          new LogEntry(
              partition,
              offset,
              edge.clock.millis(),
              -1,
              channel,
              List.of(),
              "key",
              false,
              delivery.toByteArray()));
    }
    edge.tail.log(partition).append(entries, from + entries.size());
  }

  @Test
  void shouldLeaveWhatComesDuringItsTurnForTheNext() {
    CapturingTransport client = paced(Transport.Kind.SSE, edge.a);
    append(0, 1, APART);
    edge.settle();
    assertThat(client.events()).containsExactly("e0");
    append(APART, 1, APART);
    append(2 * APART, 1, 1);
    edge.settle();
    long end = 2 * APART + 1;
    client.onNextEvent(() -> append(end, 2, 1));
    edge.pass(INTERVAL.plus(TICK));
    assertThat(client.events()).containsExactly("e0", "e16");

    edge.pass(INTERVAL.plus(TICK));
    assertThat(client.events()).containsExactly("e0", "e16", "e18");
  }

  @Test
  void shouldTellNoCursorPastWhatItHoldsBack() {
    CapturingTransport client = paced(Transport.Kind.SSE, edge.a);
    write(edge.a, 0, 1);
    write(edge.a, 1, 10);
    edge.toUserLane("ann", "mine");
    edge.settle();

    assertThat(client.events()).as("personal events do not wait").containsExactly("e0", "mine");
    assertThat(position(client.lastCursor(), edge.partition(edge.a))).isEqualTo(1);
    CapturingTransport resumed = edge.sseFrom(client.lastCursor(), edge.a);
    edge.settle();
    assertThat(resumed.events()).hasSize(9);

    edge.pass(INTERVAL.plus(TICK));
    assertThat(position(client.lastCursor(), edge.partition(edge.a))).isEqualTo(10);
  }

  @Test
  void shouldPaceOneSubscriptionAndNotTheOther() {
    CapturingTransport client = edge.socket(edge.b);
    edge.settle();
    edge.proxy.offerSubscribe(client, 1, edge.a, StartPosition.LATEST, INTERVAL.toMillis());
    edge.settle();
    write(edge.a, 0, 4);
    write(edge.b, 4, 6);
    write(edge.a, 6, 8);
    write(edge.b, 8, 9);

    assertThat(client.events()).containsExactly("e2", "e3", "e4", "e5", "e8");
    edge.pass(INTERVAL.plus(TICK));
    assertThat(client.events()).endsWith("e6", "e7");
  }

  @Test
  void shouldNotPaceWhatComesWithoutAsking() {
    CapturingTransport client = paced(Transport.Kind.WEBSOCKET, edge.a);
    for (int i = 0; i < 3; i++) {
      edge.toChannelLane(Channels.BROADCAST, "all" + i);
      edge.settle();
    }

    assertThat(client.events()).containsExactly("all0", "all1", "all2");
  }

  @Test
  void shouldHoldAPollForItsIntervalAndAnswerWhatGathered() {
    edge.sse(edge.a); // the partition is followed
    edge.settle();
    String start = cursor(edge.partition(edge.a), 0, edge.broadcast(), 0);
    CapturingTransport poll = poll(start, 25_000);
    write(edge.a, 0, 5);
    assertThat(poll.turns()).isEmpty();
    edge.pass(INTERVAL.plus(TICK));
    assertThat(poll.events()).containsExactly("e3", "e4");
    assertThat(position(poll.lastCursor(), edge.partition(edge.a))).isEqualTo(5);

    CapturingTransport shorter = poll(start, 160);
    assertThat(shorter.turns()).isEmpty();
    edge.pass(Duration.ofMillis(160).plus(TICK));
    assertThat(shorter.events()).as("its wait is over").containsExactly("e3", "e4");

    assertThat(poll(start, 0).events()).as("one that does not wait").containsExactly("e3", "e4");
  }

  private CapturingTransport poll(String from, int waitMs) {
    CapturingTransport poll = edge.paced(Transport.Kind.POLL, from, waitMs, INTERVAL, null, edge.a);
    edge.settle();
    return poll;
  }

  @Test
  void shouldNotBeTakenForSlowWhileItWaits() {
    edge = new Edge(16 << 10, SlowPolicies.parse("*=disconnect"));
    edge.tail.consumer().setMaxRecordsOfAPartition(20);
    CapturingTransport client = paced(Transport.Kind.SSE, edge.a);
    write(edge.a, 0, 1);
    for (int i = 1; i < 600; i++) {
      write(edge.a, i, i + 1);
    }

    edge.pass(INTERVAL.plus(TICK));

    assertThat(client.closed()).isNull();
    assertThat(client.events()).startsWith("e0").endsWith("e598", "e599").hasSizeBetween(3, 5);
    assertThat(client.notices(Notice.Gap.class)).isEmpty();
    assertThat(client.notices(Notice.Conflated.class)).as("it asked for it").isEmpty();
  }

  @Test
  void shouldGoOnWithoutATimerWhenItsClientReadsLate() {
    CapturingTransport client = paced(Transport.Kind.SSE, edge.a);
    client.stall();
    write(edge.a, 0, 1);
    write(edge.a, 1, 10);
    edge.pass(INTERVAL.multipliedBy(3));
    assertThat(client.events()).containsExactly("e0");

    client.release();
    edge.settle();

    assertThat(client.events()).containsExactly("e0", "e8", "e9");
  }
}
