package dev.tailrace.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.dispatcher.Dispatcher;
import dev.tailrace.infra.kafka.EmbeddedKafka;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.lifecycle.LifecycleStack;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Any edge serves any client: two edges as processes of their own, and clients of all transports
 * who lose theirs, are sent away or leave by themselves, while events are published. They go on at
 * the other with their cursors, and miss nothing, get nothing twice or out of order, and are told
 * of no gap.
 */
class AnyEdgeIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration STAY = Duration.ofMillis(300);
  private static final int HOPS = 8;
  private static final int NEWS = 20;

  private static final LifecycleStack parts = new LifecycleStack();
  private static String bootstrapServers;
  private static EdgeProcesses edges;

  @BeforeAll
  static void start() throws Exception {
    EmbeddedKafka kafka = EmbeddedKafka.start();
    parts.push("broker", kafka);
    bootstrapServers = kafka.bootstrapServers();
    Settings settings =
        Settings.of(
            Map.of(
                "dev", "true",
                "kafka.bootstrap.servers", bootstrapServers,
                "dispatcher.operator.port", "0",
                // Few, so that addresses share them.
                "topics.ingress.partitions", "2",
                "topics.users.partitions", "3",
                "topics.channels.partitions", "4"));
    parts.push("dispatcher", Dispatcher.start(settings));
    edges =
        new EdgeProcesses(
            2,
            Map.of(
                "dev", "true",
                "kafka.bootstrap.servers", bootstrapServers,
                "edge.heartbeat", "2s",
                "edge.drain.delay", "0s",
                "edge.drain.window", "2s"));
    parts.push("edges", edges);
  }

  @AfterAll
  static void stop() {
    parts.close();
  }

  @BeforeEach
  void startEdges() throws Exception {
    edges.start();
  }

  private static Crowd crowd(String name) {
    Crowd crowd = new Crowd(name, bootstrapServers, edges.urls());
    crowd.awaitAll("a first connection", RoamingClient::isOpen);
    crowd.awaitNews(NEWS);
    return crowd;
  }

  private static void awaitOpenAt(Crowd crowd, int edge) {
    crowd.awaitAll("at edge " + edge, client -> client.isOpenAt(edges.urls().get(edge)));
  }

  @Test
  void shouldGoOnAtTheOtherWhenAnEdgeIsKilledAndBackWhenItIsThereAgain() throws Exception {
    try (Crowd crowd = crowd("kill")) {
      edges.kill(0);
      awaitOpenAt(crowd, 1);
      crowd.awaitNews(NEWS);

      // It knows nothing of what was published before: that it has from Kafka.
      edges.start();
      crowd.clients().forEach(client -> client.moveTo(0));
      awaitOpenAt(crowd, 0);
      crowd.awaitNews(NEWS);

      crowd.assertWhole();
    }
  }

  @Test
  void shouldGoOnAtTheOtherWhenAnEdgeDrains() throws Exception {
    try (Crowd crowd = crowd("drain")) {
      assertThat(edges.drain(0)).contains("drained");
      awaitOpenAt(crowd, 1);
      crowd.awaitNews(NEWS);

      crowd.assertWhole();
    }
  }

  @Test
  void shouldMissNothingWhileClientsHopBetweenEdges() throws Exception {
    try (Crowd crowd = crowd("hop")) {
      await("each has hopped often")
          .pollInterval(STAY)
          .atMost(PATIENCE)
          .until(
              () -> {
                crowd.clients().stream()
                    .filter(RoamingClient::isOpen)
                    .forEach(RoamingClient::moveOn);
                return crowd.clients().stream().allMatch(c -> c.timesOpened() > HOPS);
              });

      crowd.assertWhole();
    }
  }
}
