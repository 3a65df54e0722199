package dev.tailrace.edge.delivery;

import static dev.tailrace.edge.delivery.Edge.cursor;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.delivery.CapturingTransport.Sent;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

/** A gap comes after all that is older than it, and before all that is newer. */
class GapOrderTest {
  private static final String GAP = "gap";

  private final Edge edge = new Edge();

  /** Of a chunk that failed half way its client has what was read, before what is read again. */
  @Test
  void shouldGiveWhatWasReadBeforeTheGapOfWhatWasRemovedSince() {
    IntStream.range(0, 40).forEach(i -> edge.toChannelLane(edge.a, "e" + i));
    edge.catchUp.consumer().setMaxRecordsOfAPartition(5);
    edge.catchUp.consumer().setReadFailure(new TimeoutException("gone"), 2);
    CapturingTransport slow = edge.sseFrom(cursor(edge.partition(edge.a), 0), edge.a);
    slow.stall();
    edge.settle();
    assertThat(edge.catchUp.scannedBytes()).as("some of it was read").isPositive();

    edge.catchUp.consumer().setReadFailure(null);
    edge.lanes.removeBelow(edge.partition(edge.a), 30);
    edge.pass(Duration.ofSeconds(5));
    slow.release();
    edge.settle();

    List<String> taken =
        slow.sent().stream()
            .filter(sent -> sent.id() != null || sent.notice() instanceof Notice.Gap)
            .map(sent -> sent.id() == null ? GAP : sent.id())
            .toList();
    int told = taken.indexOf(GAP);
    assertThat(told).isPositive();
    assertThat(taken)
        .isEqualTo(
            Stream.of(ids(0, told), Stream.of(GAP), ids(30, 40)).flatMap(all -> all).toList());
    assertThat(
            slow.sent().stream()
                .map(Sent::cursor)
                .map(cursor -> Edge.position(cursor, edge.partition(edge.a)))
                .toList())
        .as("cursors")
        .isSorted();
  }

  /** A read that failed was put off, and asked for sooner by a turn of its connection. */
  @Test
  void shouldAskForNoMoreBeforeAClientHasTakenWhatWasRead() {
    IntStream.range(0, 40).forEach(i -> edge.toChannelLane(edge.a, "e" + i));
    edge.catchUp.consumer().setReadFailure(new TimeoutException("gone"));
    String from = cursor(edge.partition(edge.a), 0, edge.partition(edge.c), 0);
    CapturingTransport slow = edge.sseFrom(from, edge.a, edge.c).withTurnLimit(1);
    edge.settle();
    edge.catchUp.consumer().setReadFailure(null);
    slow.stall();
    edge.toChannelLane(edge.c, "c0");
    edge.settle();
    int asked = edge.catchUp.offered();

    edge.lanes.removeBelow(edge.partition(edge.a), 30);
    edge.pass(Duration.ofSeconds(5));

    assertThat(edge.catchUp.offered()).isEqualTo(asked);
    slow.release();
    edge.settle();
    assertThat(slow.notices(Notice.Gap.class)).isEmpty();
    assertThat(slow.events().stream().filter(id -> !id.equals("c0")).toList())
        .isEqualTo(ids(0, 40).toList());
  }

  private static Stream<String> ids(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "e" + i);
  }
}
