package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.infra.kafka.EmbeddedKafka;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What the servers' processes write with {@code log.format=json}. */
class JsonLogsIT {
  private static final String SECRET = "not-to-be-logged-0123456789abcdef";
  private static final Pattern DOCUMENTED =
      Pattern.compile("(?s)<!-- log names -->(.*?)<!-- end of log names -->");
  private static final Pattern NAME = Pattern.compile("(?m)^\\| `(\\w+)` \\| (always)?");

  @TempDir private Path folder;

  @Test
  void shouldWriteNothingButObjectsWhileAnEdgeRuns() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
      String at = "--kafka-bootstrap-servers=" + kafka.bootstrapServers();
      assertThat(CommandRun.of("topics", "create", "--dev=true", at).exitCode()).isZero();
      Path classes = folder.resolve("classes");
      Process edge =
          tailrace(
                  List.of("-Xlog:class+load:file=" + classes),
                  "edge",
                  at,
                  "--edge-port=0",
                  "--edge-operator-port=0",
                  "--edge-name=edge-7",
                  "--edge-warm-window=0s",
                  "--edge-drain-window=0s")
              .start();
      List<String> lines = new ArrayList<>();
      try (BufferedReader out = edge.inputReader(StandardCharsets.UTF_8)) {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
          lines.add(line);
          if (line.contains("edge started")) {
            edge.toHandle().destroy();
          }
        }
      } finally {
        edge.destroyForcibly();
      }
      assertThat(edge.waitFor()).as(lines::toString).isZero();

      List<JsonNode> said = objects(lines);
      assertThat(said).extracting(line -> line.path("process").asString()).containsOnly("edge-7");
      assertThat(said).extracting(line -> line.path("part").asString()).containsOnly("edge");
      assertThat(said)
          .filteredOn(line -> line.path("message").asString().equals("edge started"))
          .singleElement()
          .satisfies(line -> assertThat(line.path("level").asString()).isEqualTo("INFO"));
      assertThat(said).hasSizeGreaterThan(1);
      // Traces are off: nothing of what would write them is there.
      assertThat(Files.readString(classes))
          .contains("dev.tailrace.edge.delivery.DeliveryAgent")
          .doesNotContain("io.opentelemetry.sdk", "io.opentelemetry.exporter");
    }
  }

  @Test
  void shouldSayInAnObjectWhyAPartDoesNotStart() throws Exception {
    Path err = folder.resolve("err");
    Process dispatcher =
        tailrace(
                List.of(),
                "dispatcher",
                "--kafka-bootstrap-servers=127.0.0.1:1",
                "--dispatcher-operator-port=0",
                "--dispatcher-startup-timeout=1s")
            .redirectError(err.toFile())
            .start();
    List<String> lines;
    try (BufferedReader out = dispatcher.inputReader(StandardCharsets.UTF_8)) {
      lines = out.lines().toList();
    }
    assertThat(dispatcher.waitFor()).isEqualTo(1);

    List<JsonNode> said = objects(lines);
    assertThat(said.getLast().path("level").asString()).isEqualTo("ERROR");
    assertThat(said.getLast().path("message").asString())
        .startsWith("dispatcher did not start: no answer from Kafka at 127.0.0.1:1");
    assertThat(Files.readAllLines(err)).last().asString().startsWith("tailrace dispatcher: ");
    assertThat(lines.toString() + Files.readString(err)).doesNotContain(SECRET);
  }

  private ProcessBuilder tailrace(List<String> options, String part, String... flags) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-Dtailrace.log.level=INFO", "-Dtailrace.log.kafka.level=INFO"));
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(TailraceMain.class.getName(), part, "--log-format=json"));
    command.addAll(List.of(flags));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(folder.resolve("err").toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("TAILRACE_"));
    builder.environment().put("TAILRACE_AUTH_HMAC_SECRET", SECRET);
    builder.environment().put("TAILRACE_KAFKA_SSL_KEY_PASSWORD", SECRET);
    return builder;
  }

  /** Each line is an object that has the names of the documentation, and no other. */
  private static List<JsonNode> objects(List<String> lines) throws IOException {
    Set<String> known = new HashSet<>();
    Set<String> always = new HashSet<>();
    documented(known, always);
    List<JsonNode> objects = new ArrayList<>();
    for (String line : lines) {
      assertThat(line).doesNotContain(SECRET);
      JsonNode object = JsonLine.read(line);
      assertThat(object.propertyNames()).as(line).containsAll(always).isSubsetOf(known);
      objects.add(object);
    }
    assertThat(objects).isNotEmpty();
    return objects;
  }

  private static void documented(Set<String> known, Set<String> always) throws IOException {
    String page = Files.readString(Path.of("../../docs/operations.md"));
    var table = DOCUMENTED.matcher(page);
    assertThat(table.find()).isTrue();
    NAME.matcher(table.group(1))
        .results()
        .forEach(
            name -> {
              known.add(name.group(1));
              if (name.group(2) != null) {
                always.add(name.group(1));
              }
            });
    assertThat(always).isNotEmpty();
  }
}
