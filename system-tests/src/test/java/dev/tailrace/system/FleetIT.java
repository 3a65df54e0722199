package dev.tailrace.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.dispatcher.Dispatcher;
import dev.tailrace.edge.EdgeServer;
import dev.tailrace.infra.kafka.EmbeddedKafka;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.lifecycle.LifecycleStack;
import dev.tailrace.v1.Event;
import dev.tailrace.v1.Fleet;
import dev.tailrace.v1.ProcessReport;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.core.ConditionFactory;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Two edges and a dispatcher under a load that is known beforehand: what one edge's console shows
 * of all of them is exactly what was done.
 */
class FleetIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int USER_PARTITIONS = 2;
  private static final int CHANNEL_PARTITIONS = 8;
  private static final int INGRESS_PARTITIONS = 3;
  private static final int EVENTS = 12;
  private static final int BURST = 40;
  private static final int DEAD = 3;

  /** Of the user, of everybody, and of the channel. */
  private static final int GAPS = 3;

  private final LifecycleStack parts = new LifecycleStack();
  private final HttpClient http = HttpClient.newHttpClient();
  private final SlotMap slots = SlotMap.initial(USER_PARTITIONS, CHANNEL_PARTITIONS);
  private String bootstrapServers;
  private EdgeServer first;
  private EdgeServer second;

  @BeforeEach
  void start() {
    EmbeddedKafka kafka = EmbeddedKafka.start();
    bootstrapServers = kafka.bootstrapServers();
    parts.push("broker", kafka);
    Dispatcher dispatcher =
        parts.push(
            "dispatcher",
            Dispatcher.start(
                settings(
                    Map.of(
                        "dispatcher.name",
                        "dispatcher-1",
                        "dispatcher.operator.port",
                        "0",
                        "dispatcher.commit.interval",
                        "500ms",
                        "topics.ingress.partitions",
                        Integer.toString(INGRESS_PARTITIONS),
                        "topics.users.partitions",
                        Integer.toString(USER_PARTITIONS),
                        "topics.channels.partitions",
                        Integer.toString(CHANNEL_PARTITIONS)))));
    first = edge("edge-1");
    second = edge("edge-2");
    patiently("the dispatcher is ready").until(dispatcher::isReady);
  }

  private EdgeServer edge(String name) {
    return parts.push(
        name,
        EdgeServer.start(
            settings(
                Map.of(
                    "edge.name", name,
                    "edge.zone", name + "-zone",
                    "edge.port", "0",
                    "edge.operator.port", "0",
                    "edge.warm.window", "0s",
                    "edge.max.connections", "50"))));
  }

  private Settings settings(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(more);
    all.put("dev", "true");
    all.put("kafka.bootstrap.servers", bootstrapServers);
    return Settings.of(all);
  }

  @AfterEach
  void stop() {
    http.shutdownNow();
    parts.close();
  }

  @Test
  void shouldShowExactlyWhatWasDone() throws Exception {
    ConsoleClient console = parts.push("console", ConsoleClient.open(second.operatorPort()));
    patiently(
        () ->
            assertThat(List.of("edge-1", "edge-2"))
                .as("%s", console.snapshot())
                .allMatch(name -> console.edge(name).path("state").asString("").equals("ready")));
    assertThat(console.welcome().path("edge").asString()).isEqualTo("edge-2");
    assertThat(console.welcome().path("may_act").asBoolean()).as("in development").isTrue();

    List<Follower> followers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      followers.add(stream(first, "scores"));
    }
    followers.add(socket(first, "scores"));
    for (int i = 0; i < 2; i++) {
      followers.add(stream(second, "scores"));
    }
    for (int i = 0; i < 3; i++) {
      followers.add(socket(second, "scores"));
    }
    for (int i = 0; i < 2; i++) {
      poll(second, "quiet");
    }
    tellGap();
    for (int i = 1; i <= EVENTS; i++) {
      publish(first, "scores");
      int count = i;
      patiently("all have it")
          .until(() -> followers.stream().allMatch(one -> one.events() == count));
    }
    writeDeadLetters();

    compareFleet(console, EVENTS * followers.size());
    compareReports();
    comparePartitions(console);
    compareHot(console);

    first.close();
    patiently("it has said good-bye").until(() -> console.edge("edge-1").isMissingNode());
    assertThat(console.snapshot().at("/totals/silent").asInt()).isZero();
    assertThat(console.snapshot().at("/totals/connections").asInt()).isEqualTo(7 + 2);
    assertThat(console.get("edge?process=edge-1").path("code").asString())
        .isEqualTo("no_such_process");
  }

  private static void compareFleet(ConsoleClient console, int writes) {
    patiently(
        () -> {
          JsonNode json = console.snapshot();
          JsonNode totals = json.path("totals");
          assertThat(totals.path("edges").asInt()).isEqualTo(2);
          assertThat(totals.path("dispatchers").asInt()).isEqualTo(1);
          assertThat(totals.path("silent").asInt()).isZero();
          assertThat(totals.path("connections").asInt()).isEqualTo(12);
          assertThat(totals.path("dead_letters").asInt()).isEqualTo(DEAD);
          assertThat(totals.path("ingress_lag").asInt()).isZero();
          assertThat(totals.path("delivery_lag").asInt()).isZero();
          assertThat(json.at("/gaps").toString()).isEqualTo("{\"generation\":" + GAPS + "}");
          assertThat(json.at("/slow").toString()).isEqualTo("{}");
          assertThat(json.at("/closed").toString())
              .as("the stream, and two polls that were answered")
              .isEqualTo("{\"client\":3}");
          assertThat(json.at("/latency/counts").valueStream().mapToInt(JsonNode::asInt).sum())
              .as("one for each write: they came one at a time")
              .isEqualTo(writes);
          assertThat(console.edge("edge-1").at("/connections").toString())
              .isEqualTo(connections(4, 1, 0));
          assertThat(console.edge("edge-2").at("/connections").toString())
              .isEqualTo(connections(2, 3, 2));
          assertThat(json.at("/dispatchers/0/partitions").asInt()).isEqualTo(INGRESS_PARTITIONS);
          assertThat(console.edge("edge-1").path("zone").asString()).isEqualTo("edge-1-zone");
        });
  }

  /** Counts that consoles see as rates only. */
  private void compareReports() {
    patiently(
        () -> {
          Map<String, ProcessReport> last = lastReports();
          ProcessReport one = last.get("edge-1");
          assertThat(one.getEdge().getDeliveredEvents()).isEqualTo(5 * EVENTS);
          assertThat(one.getEdge().getTailRecords()).isEqualTo(EVENTS);
          assertThat(one.getEdge().getPublishedEvents()).isEqualTo(EVENTS);
          assertThat(latencies(one)).isEqualTo(5 * EVENTS);
          assertThat(one.getEdge().getGapsByReasonMap()).isEmpty();
          ProcessReport other = last.get("edge-2");
          assertThat(other.getEdge().getDeliveredEvents()).isEqualTo(5 * EVENTS);
          assertThat(other.getEdge().getTailRecords()).isEqualTo(EVENTS);
          assertThat(other.getEdge().getPublishedEvents()).isZero();
          assertThat(latencies(other)).isEqualTo(5 * EVENTS);
          ProcessReport dispatcher = last.get("dispatcher-1");
          assertThat(dispatcher.getDispatcher().getRecordsRead()).isEqualTo(EVENTS + DEAD);
          assertThat(dispatcher.getDispatcher().getRecordsRouted()).isEqualTo(EVENTS);
          assertThat(dispatcher.getDispatcher().getDeliveries()).isEqualTo(EVENTS);
          assertThat(dispatcher.getDispatcher().getUpstreamGaps()).isZero();
          assertThat(dispatcher.getDispatcher().getRestarts()).isZero();
        });
  }

  private static long latencies(ProcessReport of) {
    return of.getEdge().getDeliveryLatency().getCountsList().stream().mapToLong(c -> c).sum();
  }

  private Map<String, ProcessReport> lastReports() throws Exception {
    Map<String, ProcessReport> last = new HashMap<>();
    TopicPartition partition = new TopicPartition(Topics.FLEET, 0);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrapServers),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
      while (consumer.position(partition) < end) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(PATIENCE)) {
          ProcessReport report = Fleet.parseFrom(record.value()).getReport();
          assertThat(new String(record.key(), StandardCharsets.UTF_8))
              .isEqualTo("process/" + report.getProcess());
          last.put(report.getProcess(), report);
        }
      }
    }
    return last;
  }

  private void comparePartitions(ConsoleClient console) {
    int scores = slots.channelPartition("scores").partition();
    patiently(
        () -> {
          JsonNode edge = console.get("edge?process=edge-1");
          JsonNode partition =
              edge.path("partitions")
                  .valueStream()
                  .filter(
                      one ->
                          one.path("lane").asString().equals("channels")
                              && one.path("partition").asInt() == scores)
                  .findFirst()
                  .orElseThrow();
          assertThat(partition.path("generation").asInt()).isEqualTo(1);
          assertThat(partition.path("end_offset").asInt()).isEqualTo(EVENTS);
          assertThat(partition.path("leader_end_offset").asInt()).isEqualTo(EVENTS);
          assertThat(partition.path("window_start_offset").asInt()).isZero();
          assertThat(partition.path("window_bytes").asInt()).isPositive();
          assertThat(partition.path("readers").asInt()).isEqualTo(5);
          assertThat(partition.path("lag").asInt()).isZero();
          JsonNode dispatcher = console.get("dispatcher?process=dispatcher-1");
          assertThat(
                  dispatcher
                      .path("partitions")
                      .valueStream()
                      .mapToInt(one -> one.path("committed_offset").asInt())
                      .sum())
              .isEqualTo(EVENTS + DEAD);
          assertThat(dispatcher.path("partitions").valueStream())
              .hasSize(INGRESS_PARTITIONS)
              .allMatch(one -> one.path("lag").asInt(-1) == 0)
              .allMatch(one -> one.path("committed_at").isString());
        });
  }

  /** So many at once that the last ten seconds hold all of them. */
  private void compareHot(ConsoleClient console) throws Exception {
    Follower here = stream(first, "burst");
    Follower there = stream(second, "burst");
    Follower too = socket(second, "burst");
    try (KafkaProducer<byte[], byte[]> producer = producer()) {
      for (int i = 0; i < BURST; i++) {
        write(producer, Event.newBuilder().addChannels("burst").addUsers("nobody").build());
      }
    }
    patiently(
        () -> {
          assertThat(List.of(here.events(), there.events(), too.events())).containsOnly(BURST);
          assertThat(console.snapshot().path("hot").valueStream().map(FleetIT::hot))
              .contains("channels burst " + 3 * BURST / 10.0)
              .noneMatch(line -> line.contains("nobody"));
          assertThat(
                  console
                      .get("dispatcher?process=dispatcher-1")
                      .path("hot")
                      .valueStream()
                      .map(FleetIT::hot))
              .contains("channels burst " + BURST / 10.0, "users nobody " + BURST / 10.0);
        });
  }

  private static String hot(JsonNode one) {
    return "%s %s %s"
        .formatted(
            one.path("lane").asString(),
            one.path("address").asString(),
            one.path("per_s").asDouble());
  }

  private static String connections(int streams, int sockets, int polls) {
    int all = streams + sockets + polls;
    return ("{'total':%d,'max':50,'by_transport':{'sse':%d,'websocket':%d,'poll':%d},"
            + "'by_state':{'live':%d,'catching_up':0,'lagging':0,'opening':0}}")
        .formatted(all, streams, sockets, polls, all)
        .replace('\'', '"');
  }

  /** One that comes with a cursor of another cluster, is told so, and goes. */
  private void tellGap() throws Exception {
    String elsewhere =
        "1z141z3~c1-%s.9x"
            .formatted(Integer.toString(slots.channelPartition("quiet").partition(), 36));
    try (EventStream stream = EventStream.open(url(second, "quiet"), elsewhere)) {
      patiently("gaps are told").until(() -> stream.gaps().size() == GAPS);
    }
  }

  private void writeDeadLetters() throws Exception {
    try (KafkaProducer<byte[], byte[]> producer = producer()) {
      for (int i = 0; i < DEAD; i++) {
        write(producer, Event.newBuilder().setId("to nobody").build());
      }
    }
  }

  private static void write(KafkaProducer<byte[], byte[]> producer, Event event) throws Exception {
    producer.send(new ProducerRecord<>(Topics.EVENTS, event.toByteArray())).get();
  }

  private KafkaProducer<byte[], byte[]> producer() {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", bootstrapServers, "linger.ms", 0),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  private void publish(EdgeServer at, String channel) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:%d/v1/publish?user=p".formatted(at.port())))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString("{\"channels\":[\"%s\"],\"data\":{}}".formatted(channel)))
            .build();
    assertThat(http.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
  }

  private static String url(EdgeServer at, String channel) {
    return "http://127.0.0.1:%d/v1/events?user=u&channel=%s".formatted(at.port(), channel);
  }

  /** Somebody who counts what comes. */
  private interface Follower {
    int events();
  }

  private Follower stream(EdgeServer at, String channel) throws Exception {
    EventStream stream = parts.push("stream", EventStream.open(url(at, channel), ""));
    patiently("it is open").until(() -> !stream.cursors().isEmpty());
    return () -> stream.events().size();
  }

  private Follower socket(EdgeServer at, String channel) throws Exception {
    FrameCounter frames = parts.push("socket", new FrameCounter());
    frames.open("ws://127.0.0.1:%d/v1/socket?user=u&channel=%s".formatted(at.port(), channel));
    patiently("it is open").until(() -> frames.count("welcome") == 1);
    return () -> frames.count("event");
  }

  /** Held until the test ends, but for the first, which says where to begin. */
  private void poll(EdgeServer at, String channel) throws Exception {
    String url =
        "http://127.0.0.1:%d/v1/poll?user=u&channel=%s&wait=60".formatted(at.port(), channel);
    HttpRequest first = HttpRequest.newBuilder(URI.create(url)).build();
    JsonNode answer =
        JsonMapper.shared().readTree(http.send(first, BodyHandlers.ofString()).body());
    String cursor = "&cursor=" + answer.path("cursor").asString();
    var _ =
        http.sendAsync(
            HttpRequest.newBuilder(URI.create(url + cursor)).build(), BodyHandlers.ofString());
  }

  private static ConditionFactory patiently(String what) {
    return await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(50));
  }

  private static void patiently(ThrowingRunnable asserted) {
    await().atMost(PATIENCE).pollInterval(Duration.ofMillis(100)).untilAsserted(asserted);
  }
}
