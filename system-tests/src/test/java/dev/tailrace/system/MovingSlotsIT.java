package dev.tailrace.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.cli.TailraceMain;
import dev.tailrace.dispatcher.Dispatcher;
import dev.tailrace.dispatcher.DispatcherMain;
import dev.tailrace.infra.kafka.EmbeddedKafka;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.lifecycle.LifecycleStack;
import dev.tailrace.testing.ServerProcess;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Lanes grow and a slot is isolated under a thousand events a second, with clients of all
 * transports at two edges, who are sent from one to the other meanwhile, and a dispatcher that is
 * frozen while others take its place and thawed when the slots have moved: nobody misses anything,
 * gets anything twice or out of order, or is told of a gap.
 */
class MovingSlotsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration FROZEN = Duration.ofSeconds(3);
  private static final long EVERY_US = 1_000;
  private static final int NEWS = 100;

  private final LifecycleStack parts = new LifecycleStack();
  private Map<String, String> settings = Map.of();
  private EdgeProcesses edges;
  private ServerProcess frozen;

  @BeforeEach
  void start() throws Exception {
    EmbeddedKafka kafka = EmbeddedKafka.start();
    parts.push("broker", kafka);
    settings =
        Map.of(
            "dev", "true",
            "kafka.bootstrap.servers", kafka.bootstrapServers(),
            "dispatcher.operator.port", "0",
            "topics.ingress.partitions", "4",
            "topics.users.partitions", "2",
            "topics.channels.partitions", "8");
    parts.push("dispatcher", Dispatcher.start(Settings.of(settings)));
    frozen = ServerProcess.start(DispatcherMain.class, settings);
    parts.push("another dispatcher", frozen.awaitOutput("dispatcher ready"));
    Map<String, String> own = new HashMap<>();
    own.put("dev", "true");
    own.put("kafka.bootstrap.servers", kafka.bootstrapServers());
    own.put("edge.heartbeat", "2s");
    edges = new EdgeProcesses(2, own);
    parts.push("edges", edges);
    edges.start();
  }

  @AfterEach
  void stop() {
    parts.close();
  }

  @Test
  void shouldMissRepeatAndReorderNothingWhileSlotsMove() throws Exception {
    try (Crowd crowd =
        new Crowd("moves", settings.get("kafka.bootstrap.servers"), edges.urls(), EVERY_US)) {
      crowd.awaitAll("a first connection", RoamingClient::isOpen);
      crowd.awaitNews(NEWS);

      slots(2, "grow", "--lane", "channels", "--partitions", "16");
      hop(crowd);
      crowd.awaitNews(NEWS);

      frozen.freeze();
      Thread.sleep(FROZEN);
      slots(3, "isolate", "--channel", "moves.c0");
      frozen.thaw();
      crowd.awaitNews(NEWS);

      slots(4, "grow", "--lane", "users", "--partitions", "5");
      crowd.awaitNews(NEWS);
      hop(crowd);
      crowd.awaitNews(NEWS);

      crowd.assertWhole();
    }
  }

  /** As an operator does it. */
  private void slots(int version, String... arguments) throws Exception {
    String[] all = Stream.concat(Stream.of("slots"), Stream.of(arguments)).toArray(String[]::new);
    Map<String, String> at =
        Map.of("kafka.bootstrap.servers", settings.getOrDefault("kafka.bootstrap.servers", ""));
    try (ServerProcess command = ServerProcess.start(TailraceMain.class, at, all)) {
      assertThat(command.awaitExit()).as(command.output()).isZero();
      assertThat(command.output()).contains("settled: version " + version);
    }
  }

  /** Each leaves its edge, and goes on at the other. */
  private static void hop(Crowd crowd) {
    await("all are somewhere")
        .atMost(PATIENCE)
        .until(() -> crowd.clients().stream().allMatch(RoamingClient::isOpen));
    crowd.clients().forEach(RoamingClient::moveOn);
  }
}
