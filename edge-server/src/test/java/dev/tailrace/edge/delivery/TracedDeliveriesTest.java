package dev.tailrace.edge.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.connection.Transport.Kind;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.testing.RecordedSpans.Recorded;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.header.Headers;
import org.junit.jupiter.api.Test;

/** One span for each traced delivery that somebody follows, however many they are. */
class TracedDeliveriesTest {
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String SAMPLED = "00-" + TRACE + "-b7ad6b7169203331-01";
  private static final Duration A_WHILE = Duration.ofMillis(30);

  private final Edge edge = new Edge();

  private Headers lastOf(String channel) {
    return edge.lanes.records(edge.partition(channel)).getLast().headers();
  }

  private void write(String channel, String id, String traceParent) {
    edge.toChannelLane(channel, id);
    lastOf(channel).add("traceparent", traceParent.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void shouldSpanFromTheReadToTheLastWriteHoweverManyFollow() {
    edge.sse(edge.a);
    edge.socket(edge.a);
    edge.sse(edge.a);
    edge.sse(edge.c);
    edge.settle();
    long readNanos = TimeUnit.MILLISECONDS.toNanos(edge.clock.millis());

    write(edge.a, "e1", SAMPLED);
    edge.settle();

    LanePartition partition = edge.partition(edge.a);
    assertThat(edge.spans.ended())
        .singleElement()
        .satisfies(
            span -> {
              assertThat(span.name()).isEqualTo("deliver tailrace.channels");
              assertThat(span.kind()).isEqualTo("CONSUMER");
              assertThat(span.traceId()).isEqualTo(TRACE);
              assertThat(span.parentId()).isEqualTo("b7ad6b7169203331");
              assertThat(span.startNanos()).isEqualTo(readNanos);
              assertThat(span.values())
                  .containsEntry("messaging.system", "kafka")
                  .containsEntry("messaging.operation.name", "deliver")
                  .containsEntry("messaging.operation.type", "process")
                  .containsEntry("messaging.destination.name", "tailrace.channels")
                  .containsEntry(
                      "messaging.destination.partition.id", Integer.toString(partition.partition()))
                  .containsEntry("messaging.kafka.offset", 0L)
                  .containsEntry("tailrace.followers", 3L)
                  .containsEntry("tailrace.deliveries", 3L);
            });
  }

  @Test
  void shouldNotCountWhoIsStillBeingWrittenTo() {
    CapturingTransport slow = edge.sse(edge.a);
    edge.sse(edge.a);
    edge.settle();
    slow.stall();
    write(edge.a, "e1", "none");
    edge.settle();

    write(edge.a, "e2", SAMPLED);
    edge.settle();
    edge.pass(A_WHILE);
    slow.release();
    edge.settle();

    assertThat(slow.events()).hasSize(2);
    assertThat(edge.spans.ended())
        .singleElement()
        .satisfies(
            span -> {
              assertThat(span.values())
                  .containsEntry("tailrace.followers", 2L)
                  .containsEntry("tailrace.deliveries", 1L);
              assertThat(span.endNanos() - span.startNanos()).isLessThan(A_WHILE.toNanos());
            });
  }

  @Test
  void shouldPassOverWhatIsUnsampledMalformedOrFollowedByNobody() {
    CapturingTransport reader = edge.sse(edge.a);
    edge.settle();
    edge.toChannelLane(edge.a, "e1");
    write(edge.a, "e2", SAMPLED.replace("-01", "-00"));
    write(edge.a, "e3", "00-" + TRACE + "-b7ad6b7169203331-1");
    write(edge.b, "e4", SAMPLED); // in the same partition
    edge.settle();

    assertThat(reader.events()).hasSize(3);
    assertThat(edge.spans.ended()).isEmpty();
  }

  @Test
  void shouldSpanEachDeliveryOfAWrite() {
    CapturingTransport reader = edge.sse(edge.a, edge.b);
    edge.settle();
    write(edge.a, "e1", SAMPLED);
    write(edge.b, "e2", SAMPLED);
    write(edge.a, "e3", SAMPLED);
    edge.settle();

    assertThat(reader.events()).hasSize(3);
    assertThat(edge.spans.ended()).hasSize(3).allMatch(TracedDeliveriesTest::isWhole);
    assertThat(edge.spans.ended())
        .extracting(span -> span.values().get("messaging.kafka.offset"))
        .containsExactlyInAnyOrder(0L, 1L, 2L);
  }

  private static boolean isWhole(Recorded span) {
    return List.of(1L, 1L)
        .equals(
            List.of(
                span.values().get("tailrace.followers"), span.values().get("tailrace.deliveries")));
  }

  @Test
  void shouldCountTheUsersOfAPersonalEventTogether() {
    edge.register(Kind.SSE, Edge.anybody("42"), null, 0);
    edge.register(Kind.SSE, Edge.anybody("42"), null, 0);
    edge.settle();
    edge.toUserLane("42", "e1");
    edge.lanes
        .records(edge.slots.userPartition("42"))
        .getLast()
        .headers()
        .add("traceparent", SAMPLED.getBytes(StandardCharsets.ISO_8859_1));
    edge.settle();

    assertThat(edge.spans.ended())
        .singleElement()
        .satisfies(
            span -> {
              assertThat(span.name()).isEqualTo("deliver tailrace.users");
              assertThat(span.values()).containsEntry("tailrace.deliveries", 2L);
              assertThat(span.values().toString()).doesNotContain("42");
            });
  }

  /** Old news: whoever resumes does not make the trace longer. */
  @Test
  void shouldNotSpanWhatIsGivenAgainToWhoComesBack() {
    edge.sse(edge.a);
    edge.settle();
    write(edge.a, "e1", SAMPLED);
    edge.settle();
    CapturingTransport back =
        edge.sseFrom(Edge.cursor(edge.broadcast(), 0, edge.partition(edge.a), 0), edge.a);
    edge.settle();

    assertThat(back.events()).hasSize(1);
    assertThat(edge.spans.ended()).hasSize(1);
  }
}
