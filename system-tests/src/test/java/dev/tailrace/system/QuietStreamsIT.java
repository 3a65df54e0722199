package dev.tailrace.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.edge.EdgeServer;
import dev.tailrace.edge.delivery.DeliveryConfig;
import dev.tailrace.infra.kafka.EmbeddedKafka;
import dev.tailrace.support.config.Settings;
import dev.tailrace.system.Follower.Transport;
import dev.tailrace.system.Middlebox.Connection;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Behind a proxy that cuts connections on which nothing comes for a while: most do after a minute,
 * this one after five seconds, with a heartbeat as much shorter.
 */
class QuietStreamsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration PROXIES_WAIT = Duration.ofSeconds(60);
  private static final Duration MOST_SILENCE = Duration.ofSeconds(5);
  private static final Duration HEARTBEAT = Duration.ofSeconds(1);

  /** At least 0.6 s apart: the quiet lasts for more than twice what the proxy stands. */
  private static final int HEARTBEATS = 18;

  private static final String STREAM = "GET /v1/events";
  private static final String SOCKET = "GET /v1/socket";
  private static final String POLL = "GET /v1/poll";

  private static Settings settings;
  private static Platform platform;
  private static OutsideProducer producer;

  @BeforeAll
  static void start() throws Exception {
    EmbeddedKafka kafka = EmbeddedKafka.start();
    settings =
        Settings.of(Map.of("dev", "true", "kafka.bootstrap.servers", kafka.bootstrapServers()));
    platform = Platform.start(kafka, settings.with("edge.heartbeat", HEARTBEAT.toSeconds() + "s"));
    producer = new OutsideProducer(platform.bootstrapServers());
  }

  @AfterAll
  static void stop() {
    if (producer != null) {
      producer.close();
    }
    if (platform != null) {
      platform.close();
    }
  }

  @Test
  void shouldSayNothingForLessThanHalfOfWhatProxiesWait() {
    assertThat(settings.get(DeliveryConfig.HEARTBEAT)).isLessThan(PROXIES_WAIT.dividedBy(2));
    assertThat(Follower.WAIT).isLessThan(PROXIES_WAIT.dividedBy(2));
  }

  @Test
  void shouldKeepConnectionsThatAreQuietForLong() throws Exception {
    String channel = "quiet.kept";
    try (Middlebox proxy = Middlebox.before(platform.baseUrl(), MOST_SILENCE);
        Followers followers = Followers.open(proxy.baseUrl(), channel, Map.of(), HEARTBEAT);
        SseClient plain = openPlain(proxy, channel)) {
      producer.toChannel(channel, 0, 10);
      followers.await(10);
      int before = heartbeats(plain);
      await("it is quiet for long")
          .atMost(PATIENCE)
          .until(() -> heartbeats(plain) >= before + HEARTBEATS);
      producer.toChannel(channel, 10, 20);
      followers.await(20);
      awaitAll(plain, 20);

      for (Transport transport : Transport.values()) {
        assertThat(followers.ids(transport))
            .as(transport.name())
            .isEqualTo(OutsideProducer.ids(0, 20));
      }
      assertThat(followers.gaps()).isEmpty();
      assertThat(proxy.connections(STREAM)).as("HTTP/2 and HTTP/1").hasSize(2);
      assertThat(proxy.connections(SOCKET)).hasSize(1);
      assertThat(proxy.connections("")).noneMatch(Connection::wasSilent);
    }
  }

  @Test
  void shouldGoOnWholeAfterTheProxyHasCutThem() throws Exception {
    String channel = "quiet.cut";
    Map<Transport, String> cursors = new EnumMap<>(Transport.class);
    Map<Transport, List<String>> received = new EnumMap<>(Transport.class);
    Settings seldom = settings.with("edge.port", "0").with("edge.operator.port", "0");
    try (EdgeServer edge = EdgeServer.start(seldom);
        Middlebox proxy = Middlebox.before("http://127.0.0.1:" + edge.port(), MOST_SILENCE);
        SseClient plain = openPlain(proxy, channel)) {
      try (Followers before = Followers.open(proxy.baseUrl(), channel, cursors)) {
        producer.toChannel(channel, 0, 10);
        before.await(10);
        awaitCut(proxy, STREAM, 2);
        awaitCut(proxy, SOCKET, 1);
        awaitCut(proxy, POLL, 1);
        before.leave(cursors, received);
      }
      producer.toChannel(channel, 10, 20);
      try (Followers after = Followers.open(proxy.baseUrl(), channel, cursors)) {
        producer.toChannel(channel, 20, 30);
        after.await(20);
        after.leave(cursors, received);
        assertThat(after.gaps()).isEmpty();
      }
      awaitAll(plain, 30);
    }

    for (Transport transport : Transport.values()) {
      assertThat(received.get(transport))
          .as(transport.name())
          .isEqualTo(OutsideProducer.ids(0, 30));
    }
  }

  /** HTTP/1, as proxies speak it to what is behind them; it comes back by itself. */
  private static SseClient openPlain(Middlebox proxy, String channel) {
    SseClient client = new OkSseClient(proxy.baseUrl() + "/v1/events?channel=" + channel);
    await("it is open").atMost(PATIENCE).until(() -> heartbeats(client) > 0);
    return client;
  }

  private static int heartbeats(SseClient client) {
    return Math.toIntExact(
        client.told().stream().filter(block -> block.type().equals("tailrace.cursor")).count());
  }

  private static void awaitAll(SseClient client, int count) {
    await("it has all")
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(client.ids()).isEqualTo(OutsideProducer.ids(0, count)));
    assertThat(client.told()).noneMatch(block -> block.type().equals("tailrace.gap"));
  }

  private static void awaitCut(Middlebox proxy, String request, int count) {
    await("the proxy cuts " + request)
        .atMost(PATIENCE)
        .until(
            () ->
                proxy.connections(request).stream().filter(Connection::wasSilent).count() >= count);
  }
}
