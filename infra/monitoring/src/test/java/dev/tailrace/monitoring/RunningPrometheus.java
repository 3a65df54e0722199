package dev.tailrace.monitoring;

import dev.tailrace.support.net.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.yaml.snakeyaml.DumperOptions;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Prometheus as a process of its own, with the project's configuration and rules, but that it asks
 * other addresses and each second: nobody waits for minutes here.
 *
 * <p>Threading: one test thread.
 */
final class RunningPrometheus implements AutoCloseable {
  private static final String EACH_SECOND = "1s";

  private final HttpClient http = HttpClient.newHttpClient();
  private final int port;
  private final Process process;
  private final Path log;

  RunningPrometheus(Tool prometheus, Path folder, Map<String, List<String>> targets)
      throws IOException {
    port = FreePorts.one();
    log = folder.resolve("prometheus.log");
    Path rules = Files.createDirectory(folder.resolve("rules"));
    for (Path file : Place.files(Place.prometheus().resolve("rules"), ".yml")) {
      Files.writeString(
          rules.resolve(file.getFileName()),
          Files.readString(file).replaceAll("interval: 1m", "interval: " + EACH_SECOND));
    }
    Map<String, Object> configuration = Yaml.read(Place.prometheus().resolve("prometheus.yml"));
    configuration.put(
        "global", Map.of("scrape_interval", EACH_SECOND, "evaluation_interval", EACH_SECOND));
    for (Map<String, Object> job : Yaml.maps(configuration.get("scrape_configs"))) {
      List<String> of = targets.get(String.valueOf(job.get("job_name")));
      job.put("static_configs", List.of(Map.of("targets", of == null ? List.of() : of)));
    }
    DumperOptions plain = new DumperOptions();
    plain.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
    Files.writeString(
        folder.resolve("prometheus.yml"), new org.yaml.snakeyaml.Yaml(plain).dump(configuration));
    process =
        prometheus.start(
            folder,
            log,
            List.of(
                "--config.file=prometheus.yml",
                "--storage.tsdb.path=" + folder.resolve("data"),
                "--web.listen-address=127.0.0.1:" + port,
                "--log.level=warn"));
  }

  /** The series of a query's answer, each with its labels as {@code metric}. */
  List<JsonNode> query(String query) {
    return list(ask("/api/v1/query?query=" + encoded(query)).path("result"));
  }

  /** The labels of each series that a selector finds. */
  List<JsonNode> series(String selector) {
    return list(ask("/api/v1/series?match[]=" + encoded(selector)));
  }

  /** How each rule stands. */
  List<JsonNode> rules() {
    return list(ask("/api/v1/rules").path("groups")).stream()
        .flatMap(group -> list(group.path("rules")).stream())
        .toList();
  }

  private JsonNode ask(String path) {
    if (!process.isAlive()) {
      throw new IllegalStateException("Prometheus has ended: " + said());
    }
    try {
      HttpRequest request =
          HttpRequest.newBuilder(
                  URI.create("http://127.0.0.1:" + port + path.replace("[]", "%5B%5D")))
              .build();
      JsonNode answer =
          JsonMapper.shared().readTree(http.send(request, BodyHandlers.ofString()).body());
      if (!answer.path("status").asString().equals("success")) {
        throw new IllegalStateException(answer.path("error").asString() + ": " + path);
      }
      return answer.path("data");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private String said() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static List<JsonNode> list(JsonNode array) {
    return array.valueStream().toList();
  }

  @Override
  public void close() {
    http.shutdownNow();
    process.destroy();
    if (!process.onExit().completeOnTimeout(process, 10, TimeUnit.SECONDS).join().isAlive()) {
      return;
    }
    process.destroyForcibly().onExit().join();
  }
}
