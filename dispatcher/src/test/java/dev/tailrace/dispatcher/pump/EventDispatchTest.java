package dev.tailrace.dispatcher.pump;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.dispatcher.ingress.EventReader;
import dev.tailrace.dispatcher.metrics.DispatcherMetrics;
import dev.tailrace.dispatcher.routing.Router;
import dev.tailrace.dispatcher.routing.SourcePartition;
import dev.tailrace.schemas.EventLimits;
import dev.tailrace.support.fleet.HotAddresses;
import dev.tailrace.v1.Event;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a pump that stops or gives partitions away says of events that were sent in part. */
class EventDispatchTest {
  private static final long NOW_MS = 20_000;
  private static final Clock CLOCK = Clock.fixed(Instant.ofEpochMilli(NOW_MS), ZoneOffset.UTC);
  private static final TopicPartition INGRESS = new TopicPartition("t", 0);

  /** One copy at a time: the second of an event waits for the first's acknowledgement. */
  private static final long ONE_COPY_BYTES = 1;

  private final DispatcherMetrics metrics = new DispatcherMetrics();
  private final MockProducer<byte[], byte[]> kafka =
      new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final List<Long> delivered = new ArrayList<>();
  private final SourceProgress source = new SourceProgress(INGRESS);
  private final EventDispatch dispatch =
      new EventDispatch(
          new Router(new EventReader(List.of()), EventLimits.DEFAULT, 1 << 20),
          new FixedSlots(2, 3),
          new LaneMarks(),
          new LaneProducer(kafka, CLOCK, event -> delivered.add(event.pollMs())),
          new Lease(10_000, NOW_MS),
          ONE_COPY_BYTES,
          CLOCK,
          metrics,
          new HotAddresses(),
          RouteTraces.off());

  EventDispatchTest() {
    source.readingBack(SourcePartition.of("t", new UUID(1, 2), 0), null, NOW_MS);
    source.running(10);
    source.othersCopiesPassed(-1);
  }

  @AfterEach
  void closeMetrics() {
    metrics.close();
  }

  @Test
  void shouldTellTheNextOneWhenTheEventThatWasSentInPartWasPolled() {
    poll(10, 1_000);
    poll(11, 2_000);
    dispatch.send();
    kafka.completeNext();
    dispatch.drop(List.of(INGRESS));
    assertThat(source.isSettled()).isTrue();
    assertThat(commit()).isEqualTo("10 poll 1000");
    assertThat(delivered).isEmpty();
  }

  @Test
  void shouldWaitForTheCopyThatIsUnderWayOfAnEventSentInPart() {
    poll(10, 1_000);
    dispatch.send();
    dispatch.drop(List.of(INGRESS));
    assertThat(source.isSettled()).isFalse();
    kafka.completeNext();
    assertThat(source.isSettled()).isTrue();
    assertThat(commit()).isEqualTo("10 poll 1000");
    assertThat(delivered).isEmpty();
  }

  @Test
  void shouldLeaveNoTraceOfEventsThatWereNotSentAtAll() {
    poll(10, 1_000);
    dispatch.send();
    poll(11, 2_000);
    kafka.completeNext();
    dispatch.send();
    kafka.completeNext();
    dispatch.drop(List.of(INGRESS));
    assertThat(source.isSettled()).isTrue();
    assertThat(commit()).isEqualTo("11 poll null");
    assertThat(delivered).containsExactly(1_000L);
  }

  /** An event of two copies, each for a lane partition of its own. */
  private void poll(long offset, long pollMs) {
    byte[] value = Event.newBuilder().addUsers("u").addChannels("c").build().toByteArray();
    dispatch.add(new ConsumerRecord<>("t", 0, offset, new byte[0], value), source, pollMs);
    source.position(offset + 1);
  }

  private String commit() {
    OffsetAndMetadata commit = source.toCommit(NOW_MS);
    return commit.offset() + " poll " + CommitMetadata.decode(commit.metadata()).oldestPollMs();
  }
}
