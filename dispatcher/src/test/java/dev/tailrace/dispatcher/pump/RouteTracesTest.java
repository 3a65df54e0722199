package dev.tailrace.dispatcher.pump;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.dispatcher.ingress.EventReader;
import dev.tailrace.dispatcher.metrics.DispatcherMetrics;
import dev.tailrace.dispatcher.routing.Router;
import dev.tailrace.dispatcher.routing.SourcePartition;
import dev.tailrace.schemas.EventLimits;
import dev.tailrace.support.fleet.HotAddresses;
import dev.tailrace.support.tracing.Tracing;
import dev.tailrace.testing.RecordedSpans;
import dev.tailrace.testing.RecordedSpans.Recorded;
import dev.tailrace.v1.Event;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of an event's trace in a pump: spans, and the headers of the lane records. */
class RouteTracesTest {
  private static final Clock CLOCK = Clock.fixed(Instant.ofEpochSecond(20), ZoneOffset.UTC);
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String SAMPLED = "00-" + TRACE + "-b7ad6b7169203331-01";
  private static final String UNSAMPLED = "00-" + TRACE + "-b7ad6b7169203331-00";

  private final RecordedSpans spans = new RecordedSpans();
  private final Tracing tracing = Tracing.to(spans.tracer(), CLOCK);
  private final DispatcherMetrics metrics = new DispatcherMetrics();
  private final MockProducer<byte[], byte[]> kafka =
      new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final SourceProgress source = new SourceProgress(new TopicPartition("t", 0));
  private long offset = 10;

  RouteTracesTest() {
    source.readingBack(SourcePartition.of("t", new UUID(1, 2), 0), null, 20_000);
    source.running(offset);
    source.othersCopiesPassed(-1);
  }

  @AfterEach
  void closeMetrics() {
    metrics.close();
  }

  private EventDispatch dispatch(double ratio, double random) {
    RandomGenerator always = () -> (long) (random * (1L << 53)) << 11;
    return new EventDispatch(
        new Router(new EventReader(List.of()), EventLimits.DEFAULT, 1 << 20),
        new FixedSlots(2, 3),
        new LaneMarks(),
        new LaneProducer(kafka, CLOCK, event -> {}),
        new Lease(10_000, 20_000),
        1 << 20,
        CLOCK,
        metrics,
        new HotAddresses(),
        new RouteTraces(tracing, "g", ratio, always));
  }

  private static ConsumerRecord<byte[], byte[]> record(long offset, Event event, String parent) {
    ConsumerRecord<byte[], byte[]> record =
        new ConsumerRecord<>("t", 0, offset, new byte[0], event.toByteArray());
    if (parent != null) {
      record.headers().add("traceparent", parent.getBytes(StandardCharsets.ISO_8859_1));
    }
    return record;
  }

  private void send(EventDispatch dispatch, Event event, String parent) {
    dispatch.add(record(offset++, event, parent), source, 20_000);
    dispatch.send();
  }

  private static Event event(String... channels) {
    return Event.newBuilder().addAllChannels(List.of(channels)).build();
  }

  private List<String> parentsSent() {
    List<String> parents = new ArrayList<>();
    for (ProducerRecord<byte[], byte[]> sent : kafka.history()) {
      Header header = sent.headers().lastHeader("traceparent");
      parents.add(header == null ? "" : new String(header.value(), StandardCharsets.ISO_8859_1));
    }
    return parents;
  }

  private Recorded only(String name) {
    List<Recorded> named = spans.ended().stream().filter(s -> s.name().equals(name)).toList();
    assertThat(named).as("%s of %s", name, spans.ended()).hasSize(1);
    return named.getFirst();
  }

  @Test
  void shouldEndACopysSpanWithItsAcknowledgementAndTheRoutesWithTheLast() {
    send(dispatch(0, 0), event("a", "b"), SAMPLED);
    assertThat(spans.ended()).isEmpty();
    kafka.completeNext();
    assertThat(spans.ended()).extracting(Recorded::name).containsExactly("send tailrace.channels");
    kafka.completeNext();

    Recorded route = only("route t");
    assertThat(route.traceId()).isEqualTo(TRACE);
    assertThat(route.parentId()).isEqualTo("b7ad6b7169203331");
    assertThat(route.values())
        .containsEntry("tailrace.copies", 2L)
        .containsEntry("messaging.kafka.offset", 10L)
        .containsEntry("messaging.consumer.group.name", "g");
    assertThat(spans.ended()).hasSize(3);
    assertThat(parentsSent())
        .containsExactlyElementsOf(
            spans.ended().stream()
                .filter(span -> span.name().startsWith("send"))
                .peek(span -> assertThat(span.parentId()).isEqualTo(route.spanId()))
                .map(span -> "00-" + TRACE + "-" + span.spanId() + "-01")
                .toList());
  }

  @Test
  void shouldAddNothingToWhatIsNotSampled() {
    EventDispatch dispatch = dispatch(0, 0);
    send(dispatch, event("a"), null);
    send(dispatch, event("a"), UNSAMPLED);
    send(dispatch, event("a"), SAMPLED.toUpperCase(Locale.ROOT));
    while (kafka.completeNext()) {}
    assertThat(spans.ended()).isEmpty();
    assertThat(parentsSent()).containsExactly("", "", "");
  }

  @Test
  void shouldBeginTracesOfItsOwnAsOftenAsItIsTold() {
    send(dispatch(0.5, 0.51), event("a"), null);
    assertThat(parentsSent()).containsExactly("");
    EventDispatch dispatch = dispatch(0.5, 0.49);
    send(dispatch, event("a"), null);
    send(dispatch, event("a"), "malformed");
    send(dispatch, event("a"), UNSAMPLED); // its producer has decided
    while (kafka.completeNext()) {}

    assertThat(parentsSent().getLast()).isEmpty();
    assertThat(spans.ended()).filteredOn(s -> s.name().equals("route t")).hasSize(2);
    assertThat(spans.ended())
        .filteredOn(s -> s.name().equals("route t"))
        .allMatch(s -> s.parentId().matches("0*"));
  }

  @Test
  void shouldGiveNoSpanToEachCopyOfVeryMany() {
    Event.Builder many = Event.newBuilder();
    for (int i = 0; i < 100; i++) {
      many.addChannels("c" + i);
    }
    send(dispatch(0, 0), many.build(), SAMPLED);
    while (kafka.completeNext()) {}

    Recorded route = only("route t");
    assertThat(spans.ended()).hasSize(33);
    assertThat(parentsSent()).hasSize(100).noneMatch(String::isEmpty);
    assertThat(parentsSent()).filteredOn(p -> p.contains(route.spanId())).hasSize(68);
  }

  @Test
  void shouldLeaveADeadLettersHeadersAsTheyWere() {
    send(dispatch(0, 0), Event.getDefaultInstance(), SAMPLED);
    kafka.completeNext();
    assertThat(only("route t").values())
        .containsEntry("tailrace.dead_letter.reason", "no_address")
        .containsEntry("error", "no_address");
    assertThat(parentsSent()).containsExactly(SAMPLED);
    assertThat(kafka.history().getFirst().headers().headers("traceparent")).hasSize(1);
  }

  @Test
  void shouldSayThatACopyFailed() {
    send(dispatch(0, 0), event("a"), SAMPLED);
    kafka.errorNext(new IllegalStateException("no"));
    assertThat(only("send tailrace.channels").values())
        .containsEntry("error", "IllegalStateException");
    assertThat(only("route t").values()).containsEntry("error", "IllegalStateException");
  }

  /** What a record costs that is not traced, with tracing on, and what it costs without. */
  @Test
  void shouldTakeNoMemoryForWhatIsNotTraced() {
    RouteTraces off = RouteTraces.off();
    RouteTraces on = new RouteTraces(tracing, "g", 0, RandomGenerator.getDefault());
    RouteTraces rarely = new RouteTraces(tracing, "g", 1e-300, RandomGenerator.of("Random"));
    ConsumerRecord<byte[], byte[]> none = record(0, event("a"), null);
    ConsumerRecord<byte[], byte[]> unsampled = record(0, event("a"), UNSAMPLED);
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    int traced = 0;
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 10_000; i++) {
      for (RouteTraces traces : new RouteTraces[] {off, on, rarely}) {
        traced += traces.begin(none) == null ? 0 : 1;
        traced += traces.begin(unsampled) == null ? 0 : 1;
      }
    }
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertThat(traced).isZero();
    assertThat(allocated / 10_000).as("the array of three, and nothing else").isLessThan(40);
  }
}
