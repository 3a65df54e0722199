package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.dispatcher.Dispatcher;
import dev.tailrace.edge.EdgeServer;
import dev.tailrace.infra.local.StopSignal;
import dev.tailrace.support.config.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** A dispatcher and an edge at a Kafka that does not take everybody. */
final class SecuredParts {
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final String DISPATCHER = "dispatcher";
  private static final String EDGE = "edge";

  private SecuredParts() {}

  /**
   * What both need beside the settings of Kafka's clients, which are given without their prefix.
   */
  static Map<String, String> settings(Map<String, String> kafka) {
    Map<String, String> settings = new TreeMap<>();
    kafka.forEach((key, value) -> settings.put("kafka." + key, value));
    settings.put("dev", "true");
    settings.put("dispatcher.operator.port", "0");
    settings.put("edge.port", "0");
    settings.put("edge.operator.port", "0");
    return settings;
  }

  /**
   * Starts both and sends an event through them; every client of both gets in at once.
   *
   * @param shown what the dumps of both show of the settings
   * @param secret what they do not show
   */
  static void expectDelivery(Map<String, String> settings, List<String> shown, String secret)
      throws Exception {
    Settings of = Settings.of(settings);
    try (Dispatcher dispatcher = Dispatcher.start(of);
        EdgeServer edge = EdgeServer.start(of);
        HttpClient http = HttpClient.newHttpClient()) {
      await().atMost(PATIENCE).until(dispatcher::isReady);
      HttpRequest publish =
          request(edge, "/v1/publish?user=42")
              .header("Content-Type", "application/json")
              .POST(BodyPublishers.ofString("{\"channels\":[\"secured\"],\"data\":\"over TLS\"}"))
              .build();
      assertThat(http.send(publish, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
      HttpRequest last = request(edge, "/v1/poll?user=42&channel=secured&last=1").build();
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(http.send(last, BodyHandlers.ofString()).body()).contains("over TLS"));
      for (int port : List.of(dispatcher.operatorPort(), edge.operatorPort())) {
        assertThat(get(http, "http://127.0.0.1:%d/dump".formatted(port)))
            .contains(shown)
            .doesNotContain(secret);
      }
      assertThat(failedLogins())
          .as("each client of both parts is let in")
          .allSatisfy((client, failed) -> assertThat(failed).as(client).isZero())
          .containsKeys(
              "edge-admin",
              "edge-tail-0",
              "edge-catchup-0",
              "edge-publish",
              "edge-slots",
              "dispatcher-admin",
              "dispatcher-pump-0",
              "dispatcher-pump-0-lanes");
    }
  }

  /** Of each of Kafka's clients in this JVM, by its id. */
  private static Map<String, Double> failedLogins() throws JMException {
    MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
    Map<String, Double> failed = new TreeMap<>();
    for (String kind :
        List.of(
            "admin.client:type=admin-client", "consumer:type=consumer", "producer:type=producer")) {
      for (ObjectName name :
          beans.queryNames(new ObjectName("kafka." + kind + "-metrics,client-id=*"), null)) {
        failed.put(
            name.getKeyProperty("client-id"),
            (Double) beans.getAttribute(name, "failed-authentication-total"));
      }
    }
    return failed;
  }

  /**
   * Starts both, at the same time, as commands that are to fail.
   *
   * @param message what is in the only line that either says
   * @param secret what is not
   */
  static void expectRefusal(
      Path folder, Map<String, String> settings, List<String> message, String secret) {
    StopSignal stop = StopSignal.manual();
    List<CompletableFuture<CommandRun>> runs =
        Stream.of(DISPATCHER, EDGE)
            .map(part -> CompletableFuture.supplyAsync(() -> run(stop, folder, part, settings)))
            .toList();
    try {
      for (CompletableFuture<CommandRun> one : runs) {
        CommandRun run = one.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
        assertThat(run.err()).contains(message).doesNotContain(secret);
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.exitCode()).isEqualTo(1);
      }
    } finally {
      stop.request(); // whoever was let in
    }
  }

  /** Runs a command with these settings in a file. */
  static CommandRun run(
      StopSignal stop, Path folder, String part, Map<String, String> settings, String... more) {
    StringBuilder lines = new StringBuilder();
    settings.forEach((key, value) -> lines.append(key).append('=').append(value).append('\n'));
    Path file = folder.resolve(part + ".properties");
    try {
      Files.writeString(file, lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return CommandRun.of(
        stop,
        Stream.of(Stream.of(part), Stream.of(more), Stream.of("--config=" + file))
            .flatMap(one -> one)
            .toArray(String[]::new));
  }

  private static String get(HttpClient http, String url) throws Exception {
    return http.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
        .body();
  }

  private static HttpRequest.Builder request(EdgeServer edge, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(edge.port(), path)));
  }
}
