package dev.tailrace.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.infra.kafka.EmbeddedKafka;
import dev.tailrace.support.config.Settings;
import dev.tailrace.testing.history.Address;
import dev.tailrace.testing.history.History;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.chrome.ChromeDriver;

/**
 * The web client in Chromium and in Node, at one time, through what networks and proxies do to it:
 * events are written all the while, and each has to come once and in order, by whatever transport.
 */
class WebClientTroubleIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
  private static final long EVERY_US = 10_000;
  private static final String SOCKET = "GET /v1/socket";

  /** Of clients that are not to take a slow machine for a proxy. */
  private static final int PATIENT_MS = 20_000;

  @TempDir static Path folder;

  private static Settings settings;
  private static Platform platform;

  /** What the edge calls its own address; only some clients ask for that. */
  private static Middlebox front;

  private static WebClientFiles site;
  private static ChromeDriver browser;

  private final History history = new History();
  private final List<WebClient> clients = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    Assumptions.assumeTrue(Chromium.find().isPresent(), Chromium.MISSING);
    Assumptions.assumeTrue(NodeSseClient.node().isPresent(), NodeSseClient.MISSING);
    Assumptions.assumeTrue(Nginx.find().isPresent(), Nginx.MISSING);
    EmbeddedKafka kafka = EmbeddedKafka.start();
    front = Middlebox.before("http://127.0.0.1:1");
    settings =
        Settings.of(
            Map.of(
                "dev",
                "true",
                "kafka.bootstrap.servers",
                kafka.bootstrapServers(),
                "edge.public.url",
                front.baseUrl(),
                "edge.heartbeat",
                "5s"));
    platform = Platform.start(kafka, settings);
    front.leadTo(platform.baseUrl());
    site = WebClientFiles.serve();
    browser = Chromium.find().orElseThrow().open(folder.resolve("profile"));
  }

  @AfterAll
  static void stop() throws IOException {
    if (browser != null) {
      browser.quit();
    }
    if (site != null) {
      site.close();
    }
    if (platform != null) {
      platform.close();
    }
    if (front != null) {
      front.close();
    }
  }

  @Test
  void shouldGoOnAfterWhateverCutsIt() throws Exception {
    try (Middlebox box = Middlebox.before(platform.baseUrl());
        LoggedProducer producer = producer("cut")) {
      open(box.baseUrl(), "cut", Map.of());
      awaitState("live websocket");

      interrupt(box::cutInTheMiddle);
      box.stall();
      await().pollDelay(Duration.ofSeconds(1)).until(() -> true); // it holds back what comes
      box.goOn();
      box.refuse(request -> true);
      box.cut();
      awaitState("waiting");
      box.goOn();
      awaitState("live");
      call("sleep");
      awaitState("sleeping");
      call("wake");
      awaitState("live");
      platform.stopEdge();
      awaitState("waiting");
      platform.startEdge();
      awaitState("live websocket");

      assertWhole(producer);
    }
  }

  @Test
  void shouldLeaveAConnectionOnWhichNothingComes() throws Exception {
    try (Middlebox box = Middlebox.before(platform.baseUrl());
        LoggedProducer producer = producer("silent")) {
      open(box.baseUrl(), "silent", Map.of("heartbeat", 1_000, "patience", 20_000));
      awaitState("live websocket");

      box.stall();
      awaitSeen("connecting stream"); // heartbeats are missed
      box.goOn();

      awaitSeen("live stream");
      awaitState("live websocket"); // and back
      assertWhole(producer);
    }
  }

  @Test
  void shouldFallBackBehindAProxyThatBuffersAndComeBackBehindAGoodOne() throws Exception {
    try (Nginx nginx =
            Nginx.start(folder.resolve("buffering"), platform.baseUrl(), Nginx.BUFFERING);
        Middlebox box = Middlebox.before(nginx.baseUrl());
        LoggedProducer producer = producer("buffered")) {
      open(box.baseUrl(), "buffered", Map.of());
      awaitState("live poll");

      box.leadTo(platform.baseUrl());
      box.cut();

      awaitState("live websocket");
      assertWhole(producer);
    }
  }

  @Test
  void shouldFallBackWhereUpgradesAreRefused() throws Exception {
    try (Middlebox box = Middlebox.before(platform.baseUrl());
        LoggedProducer producer = producer("refused")) {
      box.refuse(request -> request.startsWith(SOCKET));
      open(box.baseUrl(), "refused", Map.of());
      awaitState("live stream");

      interrupt(box::cut);
      box.goOn();

      awaitState("live websocket");
      assertWhole(producer);
    }
  }

  @Test
  void shouldFallBackBehindAnNginxThatRefusesUpgrades() throws Exception {
    shouldStreamBehind("upgrades-refused", Nginx.REFUSING);
  }

  @Test
  void shouldFallBackBehindAnNginxThatDropsUpgrades() throws Exception {
    shouldStreamBehind("upgrades-dropped", Nginx.DROPPING);
  }

  private void shouldStreamBehind(String name, String directives) throws Exception {
    try (Nginx nginx =
            Nginx.start(folder.resolve(name + "-nginx"), platform.baseUrl(), directives);
        Middlebox box = Middlebox.before(nginx.baseUrl());
        LoggedProducer producer = producer(name)) {
      open(box.baseUrl(), name, Map.of());
      awaitState("live stream");

      interrupt(box::cut);
      awaitState("live stream");
      box.leadTo(platform.baseUrl());
      box.cut();

      awaitState("live websocket");
      assertWhole(producer);
    }
  }

  /** As where something reads whole what scripts ask for; Node has no EventSource. */
  @Test
  void shouldComeByAnEventSourceWhereNothingElseStreams() throws Exception {
    try (Middlebox box = Middlebox.before(platform.baseUrl());
        LoggedProducer producer = producer("sourced")) {
      box.refuse(
          request ->
              request.startsWith(SOCKET)
                  || (request.startsWith("GET /v1/events")
                      && !request.contains("Accept: text/event-stream")));
      // Chromium comes back after 3 s, unless it is told when.
      open(box.baseUrl(), "sourced", Map.of("probe", 60_000, "patience", 20_000));
      WebClient page = clients.getLast();
      awaitState(page, "live eventsource");
      awaitState(clients.getFirst(), "live poll");

      int before = page.states().size();
      box.cut();
      await("it has come back by itself")
          .atMost(SOON)
          .pollInterval(LOOK_AGAIN)
          .untilAsserted(
              () ->
                  assertThat(page.states().subList(before, page.states().size()))
                      .containsExactly("connecting eventsource", "live eventsource"));
      platform.stopEdge();
      await("it is cut").atMost(SOON).until(() -> !page.state().startsWith("live"));
      platform.startEdge();
      box.goOn();

      awaitState("live");
      assertWhole(producer);
    }
  }

  @Test
  void shouldGoToTheGeneralAddressWhenItsEdgesOwnIsGone() throws Exception {
    try (Middlebox general = Middlebox.before(platform.baseUrl());
        LoggedProducer producer = producer("moved")) {
      await("the edge's address is known")
          .atMost(SOON)
          .until(() -> located().contains(front.baseUrl()));
      open(general.baseUrl(), "moved", Map.of("locate", true, "patience", PATIENT_MS));
      awaitState("live websocket");
      assertThat(front.connections(SOCKET)).hasSize(clients.size());
      assertThat(general.connections(SOCKET)).isEmpty();

      front.close();

      await("at the general address")
          .atMost(SOON)
          .until(() -> general.connections(SOCKET).size() >= clients.size());
      awaitState("live websocket");
      assertWhole(producer);
    }
  }

  private static String located() throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI url = URI.create(platform.baseUrl() + "/v1/locate?user=moved");
      return client.send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofString()).body();
    }
  }

  /** Nothing comes for five seconds, and this proxy cuts after two. */
  @Test
  void shouldFindAWayBehindAProxyThatCutsTheIdle() throws Exception {
    try (Nginx nginx = Nginx.start(folder.resolve("cutting"), platform.baseUrl(), Nginx.CUTTING);
        LoggedProducer producer = new LoggedProducer(platform.bootstrapServers(), history, "i")) {
      open(
          nginx.baseUrl(),
          "idle",
          Map.of("transports", "websocket,poll", "probe", 60_000, "patience", PATIENT_MS));
      awaitSeen("live websocket");
      awaitState("live poll");
      for (int i = 0; i < 20; i++) {
        producer.send(List.of(Address.channel("idle.a")));
      }
      assertWhole(producer);
    }
  }

  private LoggedProducer producer(String name) {
    LoggedProducer producer = new LoggedProducer(platform.bootstrapServers(), history, name);
    producer.sendOn(
        List.of(
            List.of(Address.channel(name + ".a")),
            List.of(Address.channel(name + ".b"), Address.user(name)),
            List.of(Address.channel(RoamingSight.BROADCAST))),
        EVERY_US);
    return producer;
  }

  private void open(String origin, String name, Map<String, Object> more) throws IOException {
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("user", name);
    options.put("locate", false);
    options.put("patience", 1_500);
    options.put("heartbeat", 5_000);
    options.put("probe", 1_500);
    options.putAll(more);
    String json = WebClient.json(options);
    List<String> channels = List.of(name + ".a", name + ".b");
    clients.add(
        new NodeWebClient(
            folder.resolve(name), history.client("node"), origin, name, channels, json));
    clients.add(
        new PageWebClient(
            browser, site.page(), history.client("chromium"), origin, name, channels, json));
  }

  private void call(String method) {
    clients.forEach(client -> client.call(method));
  }

  private void awaitSeen(String state) {
    for (WebClient client : clients) {
      await(state)
          .atMost(SOON)
          .pollInterval(LOOK_AGAIN)
          .untilAsserted(() -> assertThat(client.states()).contains(state));
    }
  }

  private void awaitState(String state) {
    clients.forEach(client -> awaitState(client, state));
  }

  private static void awaitState(WebClient client, String state) {
    await(state)
        .atMost(SOON)
        .pollInterval(LOOK_AGAIN)
        .untilAsserted(
            () -> assertThat(client.state()).as(client.states()::toString).startsWith(state));
  }

  /** Returns when this has ended all connections, and there are others. */
  private void interrupt(Runnable trouble) {
    List<Integer> before = clients.stream().map(client -> client.states().size()).toList();
    trouble.run();
    for (int i = 0; i < clients.size(); i++) {
      WebClient client = clients.get(i);
      int count = before.get(i);
      await("live again")
          .atMost(SOON)
          .pollInterval(LOOK_AGAIN)
          .until(() -> client.states().size() > count && client.state().startsWith("live"));
    }
  }

  private void assertWhole(LoggedProducer producer) throws InterruptedException {
    producer.stop();
    await("all has come")
        .atMost(SOON)
        .pollInterval(LOOK_AGAIN)
        .until(
            () -> {
              clients.forEach(WebClient::look);
              return history.isSettled();
            });
    clients.forEach(client -> assertThat(client.others()).noneMatch(s -> s.contains("unhandled")));
    assertThat(history.findings()).isEmpty();
    assertThat(history.gaps()).isEmpty();
    clients.forEach(WebClient::close);
  }
}
