package dev.tailrace.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.cli.TailraceMain;
import dev.tailrace.infra.local.network.BadNetwork;
import dev.tailrace.infra.local.network.Condition;
import dev.tailrace.support.net.FreePorts;
import dev.tailrace.system.LivePage.Row;
import dev.tailrace.testing.ServerProcess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.chrome.ChromeDriver;

/**
 * The page in a real Chromium against the real platform: the client, by itself and held to one
 * transport each, and plain polling. What arrived is read from the rows on the page; what the page
 * computes of it (missing, twice, out of order) must agree.
 */
class BrowserIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String USER = "42";
  private static final int EVENTS_PER_STEP = 30;

  @TempDir static Path profile;

  private static Platform platform;
  private static OutsideProducer producer;
  private static ChromeDriver browser;

  private final LivePage page = new LivePage(browser);
  private final List<Row> published = new ArrayList<>();

  @BeforeAll
  static void startPlatformAndBrowser() throws Exception {
    Optional<Chromium> chromium = Chromium.find();
    Assumptions.assumeTrue(chromium.isPresent(), Chromium.MISSING);
    platform = Platform.start();
    producer = new OutsideProducer(platform.bootstrapServers());
    browser = chromium.orElseThrow().open(profile);
  }

  @AfterAll
  static void stopAll() {
    if (browser != null) {
      browser.quit();
    }
    if (producer != null) {
      producer.close();
    }
    if (platform != null) {
      platform.close();
    }
  }

  @Test
  void shouldResumeEveryWayWhenTheEdgeIsRestarted() throws Exception {
    openLive("restart.scores", "restart.prices");
    publishSome("before", "restart.scores", "restart.prices");
    awaitAllArrived();

    platform.stopEdge();
    for (String way : LivePage.WAYS) {
      awaitState(way, "retrying");
    }
    publishSome("meanwhile", "restart.scores", "restart.prices");
    platform.startEdge();
    publishSome("after", "restart.scores", "restart.prices");

    awaitAllArrived();
    assertWhole();
  }

  /** Both are reached by one address, as edges behind a load balancer are. */
  @Test
  void shouldGoOnAtAnotherEdgeWhenItsOwnIsKilled() throws Exception {
    int port = FreePorts.one();
    try (ServerProcess doomed = startEdge(port);
        Middlebox box = Middlebox.before("http://127.0.0.1:" + port)) {
      openLiveAt(box.baseUrl(), "killed.scores", "killed.prices");
      publishSome("before", "killed.scores", "killed.prices");

      doomed.kill();
      for (String way : LivePage.WAYS) {
        awaitState(way, "retrying");
      }
      publishSome("meanwhile", "killed.scores", "killed.prices");
      box.leadTo(platform.baseUrl());
      publishSome("after", "killed.scores", "killed.prices");

      awaitAllArrived();
      assertWhole();
    }
  }

  private static ServerProcess startEdge(int port) throws IOException {
    Map<String, String> settings =
        Map.of(
            "dev",
            "true",
            "kafka.bootstrap.servers",
            platform.bootstrapServers(),
            "edge.port",
            Integer.toString(port),
            "edge.operator.port",
            "0");
    return ServerProcess.start(TailraceMain.class, settings, "edge").awaitOutput("edge started");
  }

  @Test
  void shouldResumeFromItsCursorWhenCutByHand() throws Exception {
    openLive("cut.scores", "cut.prices");
    publishSome("before", "cut.scores", "cut.prices");
    awaitAllArrived();

    for (String way : LivePage.WAYS) {
      page.cut(way);
      awaitState(way, "cut");
    }
    publishSome("meanwhile", "cut.scores", "cut.prices");
    for (String way : LivePage.WAYS) {
      page.resume(way);
    }
    publishSome("after", "cut.scores", "cut.prices");

    awaitAllArrived();
    assertWhole();
  }

  @Test
  void shouldTellHowFarACutWayIsBehind() throws Exception {
    openLive("behind.scores");
    page.cut("websocket");
    for (int i = 0; i < 5; i++) {
      toChannel("behind.scores", "behind-" + i);
    }

    await("what was cut is 5 behind")
        .atMost(SOON)
        .untilAsserted(
            () -> {
              assertThat(page.rows("sse")).as(page::describe).hasSize(5);
              assertThat(page.rows("longpoll")).as(page::describe).hasSize(5);
              assertThat(page.figure("websocket", "behind")).as(page::describe).isEqualTo("5");
              assertThat(page.verdict()).isEqualTo("behind");
            });
    page.resume("websocket");
    awaitAllArrived();
    assertWhole();
  }

  @Test
  void shouldShowTheAcknowledgedIdAndTheDataAsTextWhenPublishingFromThePage() {
    openLive("box.scores");
    page.publish("box.scores", "goal", "{\"markup\":\"<img src=x id=injected>\"}");

    await("acknowledged").atMost(SOON).until(() -> !page.acknowledgedId().isEmpty());
    published.add(new Row("box.scores", page.acknowledgedId()));
    awaitAllArrived();
    for (String way : LivePage.WAYS) {
      assertThat(page.dataOf(way, page.acknowledgedId())).contains("<img src=x id=injected>");
    }
    assertThat(page.count("#injected")).isZero();
    assertWhole();
  }

  /** All five by one bad network after the other, switched on the page itself. */
  @Test
  void shouldShowEveryWayWholeThroughABadNetwork() throws Exception {
    URI edge = URI.create(platform.baseUrl());
    try (BadNetwork network =
        BadNetwork.open(0, new InetSocketAddress(edge.getHost(), edge.getPort()))) {
      openLiveAt("http://127.0.0.1:" + network.port(), "bad.scores", "bad.prices");
      assertThat(page.figure("client", "by")).isEqualTo("websocket");
      page.network(Condition.NO_WEBSOCKETS);
      network.cutAll();
      publishSome("refused", "bad.scores", "bad.prices");
      awaitBy("stream");
      awaitState("websocket", "retrying");
      page.network(Condition.TORN);
      publishSome("torn", "bad.scores", "bad.prices");
      awaitState("sse", "retrying");
      page.network(Condition.GOOD);
      publishSome("after", "bad.scores", "bad.prices");

      awaitAllArrived();
      awaitBy("websocket");
      assertThat(page.count("#client [data-switch=stream]")).isPositive();
      assertWhole();
    }
  }

  private void awaitBy(String transport) {
    await("the client goes by " + transport)
        .atMost(SOON)
        .untilAsserted(
            () -> assertThat(page.figure("client", "by")).as(page::describe).isEqualTo(transport));
  }

  private void openLive(String... channels) {
    openLiveAt(platform.baseUrl(), channels);
  }

  private void openLiveAt(String baseUrl, String... channels) {
    page.open(baseUrl, USER, List.of(channels));
    await("all are live")
        .atMost(SOON)
        .untilAsserted(() -> assertThat(LivePage.WAYS).as(page::describe).allMatch(page::isLive));
  }

  /** Events for each channel and the user in turn, and some for another user in between. */
  private void publishSome(String step, String... channels) throws Exception {
    int addresses = channels.length + 1;
    for (int i = 0; i < EVENTS_PER_STEP; i++) {
      String id = "%s-%s-%02d".formatted(channels[0], step, i);
      int address = i % addresses;
      if (address < channels.length) {
        toChannel(channels[address], id);
      } else {
        producer.toUser(USER, id);
        published.add(new Row("", id));
        producer.toUser("someone-else", "not for " + USER + " " + id);
      }
    }
  }

  private void toChannel(String channel, String id) throws Exception {
    producer.toChannel(channel, id);
    published.add(new Row(channel, id));
  }

  private void awaitState(String way, String state) {
    await(way + " is " + state)
        .atMost(SOON)
        .untilAsserted(
            () -> assertThat(page.figure(way, "state")).as(page::describe).isEqualTo(state));
  }

  private void awaitAllArrived() {
    assertThat(published).as("more would not stay on the page").hasSizeLessThan(LivePage.SHOWN);
    for (String way : LivePage.WAYS) {
      await("everything published arrives by " + way)
          .atMost(SOON)
          .untilAsserted(
              () -> assertThat(page.rows(way)).as(page::describe).containsAll(published));
    }
  }

  /** Every transport shows exactly what was published, in order per address, and says so. */
  private void assertWhole() {
    for (String way : LivePage.WAYS) {
      List<Row> rows = page.rows(way);
      assertThat(rows).as(way).containsExactlyInAnyOrderElementsOf(published);
      for (Row any : published) {
        assertThat(of(rows, any.channel()))
            .as("%s, order of %s", way, any.channel())
            .isEqualTo(of(published, any.channel()));
      }
      for (String fault : List.of("missing", "twice", "disordered", "gaps")) {
        assertThat(page.figure(way, fault)).as("%s, %s", way, fault).isEqualTo("0");
      }
      assertThat(page.figure(way, "events")).isEqualTo(Integer.toString(published.size()));
    }
    await("the page says whole").atMost(SOON).until(() -> page.verdict().equals("whole"));
  }

  private static List<Row> of(List<Row> rows, String channel) {
    return rows.stream().filter(row -> row.channel().equals(channel)).toList();
  }
}
