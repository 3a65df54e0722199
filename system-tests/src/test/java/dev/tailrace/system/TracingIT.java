package dev.tailrace.system;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.infra.kafka.EmbeddedKafka;
import dev.tailrace.support.config.Settings;
import dev.tailrace.system.OtlpCollector.Received;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** An event's trace from its producer to the sockets, as a collector is sent it. */
class TracingIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String PRODUCER = "b7ad6b7169203331";
  private static final Pattern DROPPED =
      Pattern.compile("(?m)^tailrace_edge_tracing_spans_dropped_total (\\S+)");

  private static final OtlpCollector COLLECTOR = new OtlpCollector();
  private static Platform platform;
  private static KafkaProducer<String, String> producer;

  @BeforeAll
  static void start() throws Exception {
    COLLECTOR.listen();
    EmbeddedKafka kafka = EmbeddedKafka.start();
    platform =
        Platform.start(
            kafka,
            Settings.of(
                Map.of(
                    "dev", "true",
                    "dispatcher.session.timeout", "30s", // or a pump that is late begins again
                    "kafka.bootstrap.servers", kafka.bootstrapServers(),
                    "topics.ingress.partitions", "1",
                    "topics.users.partitions", "1",
                    "topics.channels.partitions", "2",
                    "edge.name", "edge-1",
                    "dispatcher.name", "dispatcher-1",
                    "tracing.endpoint", COLLECTOR.endpoint())));
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", platform.bootstrapServers()),
            new StringSerializer(),
            new StringSerializer());
  }

  @AfterAll
  static void stop() {
    if (producer != null) {
      producer.close();
    }
    if (platform != null) {
      platform.close();
    }
    COLLECTOR.close();
  }

  private static String parent(String traceId, String flags) {
    return "00-%s-%s-%s".formatted(traceId, PRODUCER, flags);
  }

  private static void produce(String channels, String data, String parent) throws Exception {
    ProducerRecord<String, String> record = new ProducerRecord<>("tailrace.events", "key", data);
    record
        .headers()
        .add("tailrace-channel", channels.getBytes(UTF_8))
        .add("traceparent", parent.getBytes(UTF_8))
        .add("tracestate", "vendor=1".getBytes(UTF_8));
    producer.send(record).get();
  }

  private static EventStream follow(String channel) throws Exception {
    EventStream stream = EventStream.open(platform.baseUrl() + "/v1/events?channel=" + channel, "");
    await("its first cursor").atMost(PATIENCE).until(() -> !stream.cursors().isEmpty());
    return stream;
  }

  private static List<String> awaitEvents(EventStream stream, int count) {
    await("%d events".formatted(count))
        .atMost(PATIENCE)
        .until(() -> stream.events().size() >= count);
    return stream.events();
  }

  private static List<Received> awaitSpans(String traceId, int count) {
    await("%d spans of %s".formatted(count, traceId))
        .atMost(PATIENCE)
        .until(() -> COLLECTOR.ofTrace(traceId).size() >= count);
    return COLLECTOR.ofTrace(traceId);
  }

  private static Received only(List<Received> spans, String name) {
    List<Received> named = spans.stream().filter(span -> span.name().equals(name)).toList();
    assertThat(named).as("%s of %s", name, spans).hasSize(1);
    return named.getFirst();
  }

  @Test
  void shouldFollowAnEventFromItsProducerToTheSockets() throws Exception {
    String trace = "0af7651916cd43dd8448eb211c80319c";
    try (EventStream one = follow("traced");
        EventStream other = follow("traced")) {
      produce("traced", "1", parent(trace, "01"));
      assertThat(awaitEvents(one, 1).getFirst()).contains(parent(trace, "01"));
      awaitEvents(other, 1);
    }

    List<Received> spans = awaitSpans(trace, 3);
    Received route = only(spans, "route tailrace.events");
    Received send = only(spans, "send tailrace.channels");
    Received deliver = only(spans, "deliver tailrace.channels");
    assertThat(spans).hasSize(3).allMatch(span -> span.state().equals("vendor=1"));
    assertThat(spans).noneMatch(Received::failed).noneMatch(s -> s.endNanos() < s.startNanos());
    assertThat(route.of()).isEqualTo("tailrace-dispatcher/dispatcher-1");
    assertThat(route.kind()).isEqualTo("CONSUMER");
    assertThat(route.parentId()).isEqualTo(PRODUCER);
    assertThat(route.values())
        .containsEntry("messaging.system", "kafka")
        .containsEntry("messaging.consumer.group.name", "tailrace.dispatcher")
        .containsEntry("messaging.destination.name", "tailrace.events")
        .containsEntry("tailrace.copies", "1")
        .containsKeys("messaging.kafka.offset", "messaging.message.id");
    assertThat(send.of()).isEqualTo(route.of());
    assertThat(send.kind()).isEqualTo("PRODUCER");
    assertThat(send.parentId()).isEqualTo(route.spanId());
    assertThat(deliver.of()).isEqualTo("tailrace-edge/edge-1");
    assertThat(deliver.kind()).isEqualTo("CONSUMER");
    assertThat(deliver.parentId()).isEqualTo(send.spanId());
    assertThat(deliver.values())
        .containsEntry("tailrace.followers", "2")
        .containsEntry("tailrace.deliveries", "2");
    assertThat(deliver.values().toString()).doesNotContain("traced");
  }

  @Test
  void shouldFollowWhatIsPublishedOverHttp() throws Exception {
    String trace = "11111111111111111111111111111111";
    try (EventStream stream = follow("published");
        HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(platform.baseUrl() + "/v1/publish?user=42"))
              .header("Content-Type", "application/json")
              .header("traceparent", parent(trace, "01"))
              .header("tracestate", "a=1")
              .header("tracestate", "b=2")
              .POST(BodyPublishers.ofString("{\"channels\":[\"published\"],\"data\":1}"))
              .build();
      assertThat(http.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
      awaitEvents(stream, 1);
    }

    List<Received> spans = awaitSpans(trace, 3);
    assertThat(only(spans, "route tailrace.events").parentId()).isEqualTo(PRODUCER);
    assertThat(only(spans, "deliver tailrace.channels").parentId())
        .isEqualTo(only(spans, "send tailrace.channels").spanId());
    assertThat(spans).allMatch(span -> span.state().equals("a=1,b=2"));
  }

  @Test
  void shouldDeliverWhatIsNotSampledOrMalformedWithoutASpan() throws Exception {
    String unsampled = "22222222222222222222222222222222";
    String malformed = "33333333333333333333333333333333";
    String last = "44444444444444444444444444444444";
    try (EventStream stream = follow("plain")) {
      produce("plain", "1", parent(unsampled, "00"));
      produce("plain", "2", parent(malformed, "1"));
      produce("plain", "3", parent(malformed, "01").toUpperCase(Locale.ROOT) + "Z");
      produce("plain", "4", parent(last, "01"));
      assertThat(awaitEvents(stream, 4)).hasSize(4);
    }
    awaitSpans(last, 3); // those before it would have come by then

    assertThat(COLLECTOR.ofTrace(unsampled)).isEmpty();
    assertThat(COLLECTOR.ofTrace(malformed)).isEmpty();
    Set<String> traces = new TreeSet<>();
    COLLECTOR.all().forEach(span -> traces.add(span.traceId()));
    assertThat(traces)
        .as("nobody began a trace of his own")
        .allMatch(id -> id.matches("0af.*|(.)\\1*"));
  }

  @Test
  void shouldSayWhyARecordBecameADeadLetter() throws Exception {
    String trace = "55555555555555555555555555555555";
    produce("not a name", "1", parent(trace, "01"));
    Received route = only(awaitSpans(trace, 1), "route tailrace.events");
    assertThat(route.failed()).isTrue();
    assertThat(route.values()).containsEntry("tailrace.dead_letter.reason", "bad_address");
    assertThat(COLLECTOR.ofTrace(trace)).hasSize(1);
  }

  @Test
  void shouldGoOnDeliveringWhileTheCollectorIsGoneAndCountWhatIsLost() throws Exception {
    String lost = "66666666666666666666666666666666";
    String later = "77777777777777777777777777777777";
    double before = dropped();
    try (EventStream stream = follow("lonely")) {
      COLLECTOR.leave();
      for (int i = 0; i < 20; i++) {
        produce("lonely", Integer.toString(i), parent(lost, "01"));
      }
      assertThat(awaitEvents(stream, 20)).hasSize(20);
      await("all of the edge's are counted").atMost(PATIENCE).until(() -> dropped() - before == 20);
      COLLECTOR.listen();
      produce("lonely", "20", parent(later, "01"));
      awaitEvents(stream, 21);
    }
    awaitSpans(later, 3);
    assertThat(COLLECTOR.ofTrace(lost))
        .as("none of the edge's")
        .noneMatch(span -> span.name().startsWith("deliver"));
  }

  private static double dropped() throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      String metrics =
          http.send(
                  HttpRequest.newBuilder(URI.create(platform.operatorUrl() + "/metrics")).build(),
                  BodyHandlers.ofString())
              .body();
      Matcher found = DROPPED.matcher(metrics);
      assertThat(found.find()).as(metrics).isTrue();
      return Double.parseDouble(found.group(1));
    }
  }
}
