package dev.tailrace.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.tailrace.dispatcher.Dispatcher;
import dev.tailrace.edge.EdgeServer;
import dev.tailrace.infra.kafka.EmbeddedKafka;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.lifecycle.LifecycleStack;
import dev.tailrace.v1.Event;
import dev.tailrace.v1.ProcessReport;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.core.ConditionFactory;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Two edges and a dispatcher under a load that is known beforehand: what one edge's console and
 * {@code tailrace top} show of all of them is exactly what was done.
 */
class FleetIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Path SCRIPT = Path.of("/usr/bin/script");
  private static final int USER_PARTITIONS = 2;
  private static final int CHANNEL_PARTITIONS = 8;
  private static final int INGRESS_PARTITIONS = 3;
  private static final int EVENTS = 12;
  private static final int BURST = 40;
  private static final int DEAD = 3;

  /** Of 100 KB, which come to more than what sockets and memory hold. */
  private static final int LARGE = 100;

  /** Of the user, of everybody, and of the channel. */
  private static final int GAPS = 3;

  private final LifecycleStack parts = new LifecycleStack();
  private final HttpClient http = HttpClient.newHttpClient();
  private final SlotMap slots = SlotMap.initial(USER_PARTITIONS, CHANNEL_PARTITIONS);
  private final AtomicInteger pollsAnswered = new AtomicInteger();
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
                        "dispatcher.session.timeout",
                        "30s",
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
                    "edge.log.bytes", "1m",
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
    TopProcess top = parts.push("top", TopProcess.follow(second.operatorPort()));
    List<Supplier<JsonNode>> shown = List.of(console::snapshot, top::snapshot);
    for (Supplier<JsonNode> one : shown) {
      patiently(
          () ->
              assertThat(List.of("edge-1", "edge-2"))
                  .as("%s", one.get())
                  .allMatch(
                      name -> edge(one.get(), name).path("state").asString().equals("ready")));
    }
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

    for (Supplier<JsonNode> one : shown) {
      compareFleet(one, EVENTS * followers.size());
    }
    compareReports();
    compareLatencies();
    comparePartitions(console);
    publishSteadily(shown, followers);
    compareHot(console);
    overrunSlowSubscriber(console, shown);

    first.close();
    patiently("it has said good-bye").until(() -> console.edge("edge-1").isMissingNode());
    assertThat(console.snapshot().at("/totals/silent").asInt()).isZero();
    assertThat(console.snapshot().at("/totals/connections").asInt()).isEqualTo(7 + 2 + 1);
    assertThat(console.get("edge?process=edge-1").path("code").asString())
        .isEqualTo("no_such_process");
  }

  private void compareFleet(Supplier<JsonNode> shown, int writes) {
    patiently(
        () -> {
          JsonNode json = shown.get();
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
              .as("the stream, and the polls that were answered")
              .isEqualTo("{\"client\":%d}".formatted(1 + pollsAnswered.get()));
          assertThat(json.at("/latency/counts").valueStream().mapToInt(JsonNode::asInt).sum())
              .as("one for each write: they came one at a time")
              .isEqualTo(writes);
          assertThat(edge(json, "edge-1").at("/connections").toString())
              .isEqualTo(connections(4, 1, 0));
          assertThat(edge(json, "edge-2").at("/connections").toString())
              .isEqualTo(connections(2, 3, 2));
          assertThat(json.at("/dispatchers/0/partitions").asInt()).isEqualTo(INGRESS_PARTITIONS);
          assertThat(edge(json, "edge-1").path("zone").asString()).isEqualTo("edge-1-zone");
        });
  }

  private static JsonNode edge(JsonNode snapshot, String name) {
    return snapshot
        .path("edges")
        .valueStream()
        .filter(edge -> edge.path("process").asString().equals(name))
        .findFirst()
        .orElse(JsonMapper.shared().missingNode());
  }

  /** Counts that consoles see as rates only. */
  private void compareReports() {
    compareReports(EVENTS);
  }

  private void compareReports(long events) {
    patiently(
        () -> {
          Map<String, ProcessReport> last = FleetReports.last(bootstrapServers);
          ProcessReport one = last.get("edge-1");
          assertThat(one.getEdge().getDeliveredEvents()).isEqualTo(5 * events);
          assertThat(one.getEdge().getTailRecords()).isEqualTo(events);
          assertThat(one.getEdge().getPublishedEvents()).isEqualTo(events);
          assertThat(one.getEdge().getGapsByReasonMap()).isEmpty();
          ProcessReport other = last.get("edge-2");
          assertThat(other.getEdge().getDeliveredEvents()).isEqualTo(5 * events);
          assertThat(other.getEdge().getTailRecords()).isEqualTo(events);
          assertThat(other.getEdge().getPublishedEvents()).isZero();
          ProcessReport dispatcher = last.get("dispatcher-1");
          assertThat(dispatcher.getDispatcher().getRecordsRead()).isEqualTo(events + DEAD);
          assertThat(dispatcher.getDispatcher().getRecordsRouted()).isEqualTo(events);
          assertThat(dispatcher.getDispatcher().getDeliveries()).isEqualTo(events);
          assertThat(dispatcher.getDispatcher().getUpstreamGaps()).isZero();
          assertThat(dispatcher.getDispatcher().getRestarts()).isZero();
        });
  }

  private void compareLatencies() throws Exception {
    Map<String, ProcessReport> last = FleetReports.last(bootstrapServers);
    assertThat(FleetReports.latencies(last.get("edge-1"))).isEqualTo(5 * EVENTS);
    assertThat(FleetReports.latencies(last.get("edge-2"))).isEqualTo(5 * EVENTS);
  }

  /**
   * Ten events a second, for as long as it takes until each rate is shown: more than ten seconds,
   * for what is hot. Then what was published, and no event more, is what was delivered.
   */
  private void publishSteadily(List<Supplier<JsonNode>> shown, List<Follower> followers)
      throws Exception {
    URI publish = URI.create("http://127.0.0.1:%d/v1/publish?user=p".formatted(first.port()));
    int more;
    try (SteadyLoad load = new SteadyLoad(http, publish, "scores", FleetRates.PACE)) {
      compareTop();
      for (Supplier<JsonNode> one : shown) {
        FleetRates.compare(one, "scores");
      }
      more = load.stop();
    }
    patiently("all have it")
        .until(() -> followers.stream().allMatch(one -> one.events() == EVENTS + more));
    compareReports(EVENTS + more);
  }

  /** As text, once and on a terminal. */
  private void compareTop() throws Exception {
    String totals =
        "edges 2  dispatchers 1  silent 0  connections 12  dead since the start " + DEAD;
    String gaps = "gaps 0/s: generation %d  slow 0/s: none".formatted(GAPS);
    patiently(
        () ->
            assertThat(TopProcess.once(second.operatorPort()).lines())
                .contains(totals)
                .anyMatch(line -> line.startsWith(gaps)));
    if (Files.isExecutable(SCRIPT)) { // which makes the terminal
      assertThat(TopProcess.drawUntil(SCRIPT, second.operatorPort(), totals)).isZero();
    }
  }

  /** It is found to be slow when it reads again, and is then given all that it lacks. */
  private void overrunSlowSubscriber(ConsoleClient console, List<Supplier<JsonNode>> shown)
      throws Exception {
    int partition = slots.channelPartition("slow").partition();
    long before = FleetReports.last(bootstrapServers).get("edge-2").getEdge().getDeliveredEvents();
    long end =
        partition(console.get("edge?process=edge-2"), partition).path("end_offset").asLong(0);
    UnreadStream slow =
        parts.push("slow stream", new UnreadStream(second.port(), "user=u&channel=slow"));
    Event large =
        Event.newBuilder()
            .addChannels("slow")
            .setContentType("a/b")
            .setData(ByteString.copyFrom(new byte[100_000]))
            .build();
    try (KafkaProducer<byte[], byte[]> producer = producer()) {
      for (int i = 0; i < LARGE; i++) {
        write(producer, large);
      }
    }
    patiently("half of them are no longer in memory")
        .until(
            () -> {
              JsonNode held = partition(console.get("edge?process=edge-2"), partition);
              return held.path("end_offset").asLong(0) == end + LARGE
                  && held.path("window_start_offset").asLong(0) > end + LARGE / 2;
            });
    slow.read();
    patiently("it has all").until(() -> slow.events() == LARGE);
    for (Supplier<JsonNode> one : shown) {
      patiently(() -> assertThat(one.get().at("/slow").toString()).isEqualTo("{\"replay\":1}"));
    }
    patiently(
        () ->
            assertThat(
                    FleetReports.last(bootstrapServers)
                        .get("edge-2")
                        .getEdge()
                        .getDeliveredEvents())
                .isEqualTo(before + LARGE));
  }

  private void comparePartitions(ConsoleClient console) {
    int scores = slots.channelPartition("scores").partition();
    patiently(
        () -> {
          JsonNode edge = console.get("edge?process=edge-1");
          JsonNode partition = partition(edge, scores);
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

  /** Missing when the edge does not follow it: nobody here has asked for what lies there. */
  private static JsonNode partition(JsonNode edge, int ofChannels) {
    return edge.path("partitions")
        .valueStream()
        .filter(
            one ->
                one.path("lane").asString().equals("channels")
                    && one.path("partition").asInt() == ofChannels)
        .findFirst()
        .orElse(JsonMapper.shared().missingNode());
  }

  /** So many at once that the last ten seconds hold all of them. */
  private void compareHot(ConsoleClient console) throws Exception {
    Follower here = stream(first, "burst");
    Follower there = stream(second, "burst");
    Follower too = socket(second, "burst");
    Event event = Event.newBuilder().addChannels("burst").addUsers("nobody").build();
    try (KafkaProducer<byte[], byte[]> producer = producer()) {
      for (int i = 0; i < BURST; i++) {
        var _ = producer.send(new ProducerRecord<>(Topics.EVENTS, event.toByteArray()));
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

  /** The first one says where to begin; from there each is held for as long as can be. */
  private void poll(EdgeServer at, String channel) throws Exception {
    String url =
        "http://127.0.0.1:%d/v1/poll?user=u&channel=%s&wait=60".formatted(at.port(), channel);
    HttpRequest first = HttpRequest.newBuilder(URI.create(url)).build();
    pollOn(url, http.send(first, BodyHandlers.ofString()).body());
  }

  private void pollOn(String url, String answer) {
    pollsAnswered.incrementAndGet();
    String cursor = "&cursor=" + JsonMapper.shared().readTree(answer).path("cursor").asString();
    var _ =
        http.sendAsync(
                HttpRequest.newBuilder(URI.create(url + cursor)).build(), BodyHandlers.ofString())
            .thenAccept(next -> pollOn(url, next.body()));
  }

  private static ConditionFactory patiently(String what) {
    return await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(50));
  }

  private static void patiently(ThrowingRunnable asserted) {
    await().atMost(PATIENCE).pollInterval(Duration.ofMillis(100)).untilAsserted(asserted);
  }
}
