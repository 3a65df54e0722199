package dev.tailrace.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.cli.TailraceMain;
import dev.tailrace.infra.kafka.EmbeddedKafka;
import dev.tailrace.support.fleet.ProcessName;
import dev.tailrace.support.net.FreePorts;
import dev.tailrace.testing.KafkaTopics;
import dev.tailrace.testing.ServerProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tailrace edge} as a process of its own that gets signals. */
class EdgeSignalIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int CLIENTS = 20;

  private static EmbeddedKafka kafka;

  @BeforeAll
  static void startKafka() {
    kafka = EmbeddedKafka.start();
    KafkaTopics.create(kafka.bootstrapServers(), 1, 2, 2);
  }

  @AfterAll
  static void stopKafka() {
    kafka.close();
  }

  @Test
  void shouldDrainOnASignalAndSayHowFarItIs() throws Exception {
    int port = FreePorts.one();
    try (ServerProcess edge = start(port, "edge.drain.delay", "0s", "edge.drain.window", "8s")) {
      List<EventStream> clients = connect(port);
      Instant begun = Instant.now();

      edge.signal("-TERM");

      await().atMost(PATIENCE).until(() -> ended(clients) > 0);
      assertThat(ended(clients)).isLessThan(CLIENTS);
      assertThat(edge.awaitExit()).isZero();
      assertThat(Duration.between(begun, Instant.now())).isGreaterThan(Duration.ofSeconds(7));
      assertThat(edge.output()).containsPattern("draining: [0-9]+ connections left");
      assertThat(edge.output()).contains("drained");
      await().atMost(PATIENCE).until(() -> ended(clients) == CLIENTS);
      clients.forEach(EventStream::close);
    }
  }

  @Test
  void shouldStopOnASecondSignal() throws Exception {
    int port = FreePorts.one();
    try (ServerProcess edge = start(port, "edge.drain.delay", "10m", "edge.drain.window", "10m")) {
      List<EventStream> clients = connect(port);
      edge.signal("-TERM");
      await().atMost(PATIENCE).until(() -> edge.output().contains("draining: "));
      assertThat(ended(clients)).isZero();

      edge.signal("-TERM");

      assertThat(edge.awaitExit()).isZero();
      await().atMost(PATIENCE).until(() -> ended(clients) == CLIENTS);
      clients.forEach(EventStream::close);
    }
  }

  @Test
  void shouldDrainAndEndWhenAnOperatorSaysSo(@TempDir Path folder) throws Exception {
    int port = FreePorts.one();
    int operatorPort = FreePorts.one();
    String token = "the-console-s-token";
    Path file = Files.writeString(folder.resolve("console.token"), token);
    try (ServerProcess edge =
            start(
                port,
                "edge.operator.port",
                Integer.toString(operatorPort),
                "edge.console.token.file",
                file.toString(),
                "edge.drain.delay",
                "0s",
                "edge.drain.window",
                "1s");
        OperatorConsole console = new OperatorConsole(operatorPort, token)) {
      List<EventStream> clients = connect(port);

      console.act(
          "drain",
          "{\"process\":\"%s\",\"instance\":\"%s\"}"
              .formatted(ProcessName.or("", operatorPort), console.instance()));

      assertThat(edge.awaitExit()).isZero();
      assertThat(edge.output()).contains("an operator has this edge drain and stop", "drained");
      await().atMost(PATIENCE).until(() -> ended(clients) == CLIENTS);
      clients.forEach(EventStream::close);
    }
  }

  /** So whatever watches over it starts it again, and it begins with the lanes that are. */
  @Test
  void shouldEndAsAFailureWhenTheLanesAreMadeAnew() throws Exception {
    try (EmbeddedKafka own = EmbeddedKafka.start()) {
      KafkaTopics.create(own.bootstrapServers(), 1, 2, 2);
      int port = FreePorts.one();
      try (ServerProcess edge = start(port, "kafka.bootstrap.servers", own.bootstrapServers())) {
        List<EventStream> clients = connect(port);

        KafkaTopics.recreateLanes(own.bootstrapServers(), 2, 2);

        assertThat(edge.awaitExit()).isEqualTo(1);
        assertThat(edge.output()).contains("created anew");
        await().atMost(PATIENCE).until(() -> ended(clients) == CLIENTS);
        clients.forEach(EventStream::close);
      }
    }
  }

  private static ServerProcess start(int port, String... more) throws Exception {
    Map<String, String> settings =
        new HashMap<>(
            Map.of(
                "kafka.bootstrap.servers",
                kafka.bootstrapServers(),
                "edge.port",
                Integer.toString(port),
                "edge.operator.port",
                "0",
                "dev",
                "true"));
    for (int i = 0; i < more.length; i += 2) {
      settings.put(more[i], more[i + 1]);
    }
    return ServerProcess.start(TailraceMain.class, settings, "edge").awaitOutput("edge started");
  }

  private static List<EventStream> connect(int port) throws Exception {
    List<EventStream> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      String url = "http://127.0.0.1:%d/v1/events?channel=signal&user=%d".formatted(port, i);
      clients.add(EventStream.open(url, ""));
    }
    return clients;
  }

  /** Each is told when to come back, and then its stream ends. */
  private static long ended(List<EventStream> clients) {
    return clients.stream()
        .filter(client -> client.lines().stream().anyMatch(line -> line.startsWith("retry: ")))
        .count();
  }
}
