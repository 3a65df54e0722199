package dev.tailrace.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.tailrace.dispatcher.Dispatcher;
import dev.tailrace.edge.EdgeServer;
import dev.tailrace.infra.kafka.EmbeddedKafka;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.fleet.ProcessName;
import dev.tailrace.support.lifecycle.LifecycleStack;
import dev.tailrace.v1.EdgeReport;
import dev.tailrace.v1.Event;
import dev.tailrace.v1.Fleet;
import dev.tailrace.v1.ProcessReport;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import tools.jackson.databind.JsonNode;

/**
 * A broker, a dispatcher and two edges in this JVM, with a console's token, and clients that are
 * closed after each test.
 */
abstract class TwoEdges {
  static final Duration PATIENCE = Duration.ofSeconds(60);
  static final String TOKEN = "console-token-of-this-test";
  private static final LifecycleStack PARTS = new LifecycleStack();
  private static final int LARGE = 200_000;

  static EmbeddedKafka kafka;
  private static KafkaProducer<byte[], byte[]> producer;
  static Dispatcher dispatcher;
  static EdgeServer edge;
  static EdgeServer other;
  static OperatorConsole console;
  static OperatorConsole otherConsole;

  private final List<AutoCloseable> clients = new ArrayList<>();

  @BeforeAll
  static void start() {
    kafka = EmbeddedKafka.start();
    PARTS.push("broker", kafka);
    dispatcher = startDispatcher();
    PARTS.push("dispatcher", () -> dispatcher.close());
    edge = PARTS.push("edge", EdgeServer.start(settings()));
    other = PARTS.push("other edge", EdgeServer.start(settings()));
    console = PARTS.push("console", new OperatorConsole(edge.operatorPort(), TOKEN));
    otherConsole = PARTS.push("other console", new OperatorConsole(other.operatorPort(), TOKEN));
    producer =
        PARTS.push(
            "producer",
            new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "linger.ms", 0),
                new ByteArraySerializer(),
                new ByteArraySerializer()));
  }

  static Dispatcher startDispatcher() {
    return Dispatcher.start(
        Settings.of(
            Map.of(
                "dev", "true",
                "kafka.bootstrap.servers", kafka.bootstrapServers(),
                "dispatcher.operator.port", "0",
                "topics.ingress.partitions", "1",
                "topics.users.partitions", "2",
                "topics.channels.partitions", "3")));
  }

  static Settings settings() {
    Map<String, String> settings = new HashMap<>();
    settings.put("kafka.bootstrap.servers", kafka.bootstrapServers());
    settings.put("edge.port", "0");
    settings.put("edge.operator.port", "0");
    settings.put("auth.hmac.secret", SoakTokens.SECRET);
    settings.put("edge.console.token", TOKEN);
    settings.put("edge.drain.delay", "0s");
    settings.put("edge.drain.window", "500ms");
    return Settings.of(settings);
  }

  @AfterAll
  static void stop() {
    PARTS.close();
  }

  @AfterEach
  void closeClients() throws Exception {
    for (AutoCloseable client : clients) {
      client.close();
    }
  }

  EventStream connect(EdgeServer to, String user, String... channels) throws Exception {
    Instant now = Instant.now();
    String token = SoakTokens.of(user, now, now.plusSeconds(600));
    return connect(to, String.join("&channel=", channels), token, 0);
  }

  EventStream connect(EdgeServer to, String channels, String token, int attempt) throws Exception {
    EventStream stream =
        EventStream.open(
            "http://127.0.0.1:%d/v1/events?channel=%s&access_token=%s"
                .formatted(to.port(), channels, token),
            "");
    clients.add(stream);
    await().atMost(PATIENCE).until(() -> !stream.cursors().isEmpty());
    return stream;
  }

  RawStream unread(EdgeServer to, String user, String channel) throws Exception {
    Instant now = Instant.now();
    RawStream stream =
        RawStream.open(
            "http://127.0.0.1:" + to.port(),
            "channel=" + channel,
            SoakTokens.of(user, now, now.plusSeconds(600)),
            "");
    clients.add(stream);
    assertThat(stream.readUntil("id: ")).isTrue();
    return stream;
  }

  /** More than the buffers of a socket hold. */
  static void fill(String channel) throws Exception {
    for (int i = 0; i < 40; i++) {
      publish(
          event("large-" + i)
              .addChannels(channel)
              .setContentType("text/plain")
              .setData(ByteString.copyFromUtf8("x".repeat(LARGE)))
              .build());
    }
  }

  static Event.Builder event(String id) {
    return Event.newBuilder().setId(id).setType("goal").setData(ByteString.copyFromUtf8("{}"));
  }

  static void publish(Event event) throws Exception {
    write(Topics.EVENTS, event.toByteArray());
  }

  static void write(String topic, byte[] value) throws Exception {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(topic, "<key>".getBytes(StandardCharsets.UTF_8), value);
    record.headers().add("<name>", "<h>".getBytes(StandardCharsets.UTF_8));
    producer.send(record).get();
  }

  /** As an edge does that is gone without a word. */
  static void report(String process) throws Exception {
    ProcessReport report =
        ProcessReport.newBuilder()
            .setProcess(process)
            .setLeaseMs(6_000)
            .setEdge(EdgeReport.getDefaultInstance())
            .build();
    producer
        .send(
            new ProducerRecord<>(
                Topics.FLEET,
                ("process/" + process).getBytes(StandardCharsets.UTF_8),
                Fleet.newBuilder().setReport(report).build().toByteArray()))
        .get();
  }

  /** The edge's name. */
  static String process(EdgeServer of) {
    return ProcessName.or("", of.operatorPort());
  }

  static JsonNode of(JsonNode list, EdgeServer one) {
    for (JsonNode node : list) {
      if (node.path("process").asString().equals(process(one))) {
        return node;
      }
    }
    throw new AssertionError(process(one) + " is not in " + list);
  }

  static JsonNode edge(JsonNode delivery, EdgeServer one) {
    return of(delivery.path("edges"), one);
  }

  static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(one -> texts.add(one.asString()));
    return texts;
  }

  static boolean has(EventStream stream, String id) {
    return stream.events().stream().anyMatch(event -> event.contains("\"id\":\"" + id + "\""));
  }

  /** Each is told when to come back, and then its stream ends. */
  static boolean isEnded(EventStream stream) {
    return stream.lines().stream().anyMatch(line -> line.startsWith("retry: "));
  }
}
