package dev.tailrace.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.infra.kafka.EmbeddedKafka;
import dev.tailrace.support.config.Settings;
import dev.tailrace.testing.history.Address;
import dev.tailrace.testing.history.History;
import java.io.IOException;
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

  @TempDir static Path folder;

  private static Settings settings;
  private static Platform platform;
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
    settings =
        Settings.of(
            Map.of(
                "dev", "true",
                "kafka.bootstrap.servers", kafka.bootstrapServers(),
                "edge.heartbeat", "5s"));
    platform = Platform.start(kafka, settings);
    site = WebClientFiles.serve();
    browser = Chromium.find().orElseThrow().open(folder.resolve("profile"));
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.quit();
    }
    if (site != null) {
      site.close();
    }
    if (platform != null) {
      platform.close();
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
      open(box.baseUrl(), "silent", Map.of("heartbeat", 1_000));
      awaitState("live websocket");

      box.stall();
      await().pollDelay(Duration.ofSeconds(3)).until(() -> true); // heartbeats are missed
      box.goOn();

      for (WebClient client : clients) {
        await("another way").atMost(SOON).until(() -> client.states().contains("live stream"));
      }
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
      box.refuse(request -> request.startsWith("GET /v1/socket"));
      open(box.baseUrl(), "refused", Map.of());
      awaitState("live stream");

      interrupt(box::cut);
      box.goOn();

      awaitState("live websocket");
      assertWhole(producer);
    }
  }

  /** Nothing comes for five seconds, and this proxy cuts after two. */
  @Test
  void shouldFindAWayBehindAProxyThatCutsTheIdle() throws Exception {
    try (Nginx nginx = Nginx.start(folder.resolve("cutting"), platform.baseUrl(), Nginx.CUTTING);
        LoggedProducer producer = new LoggedProducer(platform.bootstrapServers(), history, "i")) {
      open(nginx.baseUrl(), "idle", Map.of("transports", "websocket,poll", "probe", 60_000));
      awaitState("live websocket");
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

  private void awaitState(String state) {
    for (WebClient client : clients) {
      await(state)
          .atMost(SOON)
          .pollInterval(LOOK_AGAIN)
          .untilAsserted(
              () -> assertThat(client.state()).as(client.states()::toString).startsWith(state));
    }
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
