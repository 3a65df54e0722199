package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.infra.kafka.EmbeddedKafka;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of docs/operations.md, as they stand there, with an edge in a process. */
class FlightRecordingIT {
  private static final String SECRET = "not-to-be-recorded-0123456789abcdef";
  private static final Path JDK = Path.of(System.getProperty("java.home"), "bin");
  private static final Pattern EVENT = Pattern.compile("`(jdk\\.\\w+)`");
  private static final Pattern COUNT = Pattern.compile("(?m)^ (jdk\\.\\w+) +(\\d+) ");

  @TempDir private Path folder;

  @Test
  void shouldRecordAnEdgeAsTheDocumentationSays() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
      String at = "--kafka-bootstrap-servers=" + kafka.bootstrapServers();
      assertThat(CommandRun.of("topics", "create", "--dev=true", at).exitCode()).isZero();
      Process edge = edge(at);
      try (BufferedReader out = edge.inputReader(StandardCharsets.UTF_8)) {
        String line = out.readLine();
        while (line != null && !line.equals("edge started")) {
          line = out.readLine();
        }
        assertThat(line).as("it started").isNotNull();

        assertThat(shell(block("while it runs"), edge.pid()))
            .contains("Started recording", "name=look", "Dumped recording", "Stopped recording");
        String seen = shell(block("to look"), edge.pid());
        assertThat(seen).contains("jdk.ExecutionSample", "edge-delivery-0", "edge-tail-0");
        edge.toHandle().destroy();
        out.lines().forEach(l -> {});
      } finally {
        if (!edge.waitFor(20, TimeUnit.SECONDS)) {
          edge.destroyForcibly();
        }
      }
      assertThat(edge.waitFor()).isZero();
    }
    for (String file : List.of("look.jfr", "before.jfr", "always.jfr")) {
      Map<String, Long> counts = counts(file);
      assertThat(counts.keySet()).as(file).containsAll(documented());
      assertThat(counts.get("jdk.ThreadAllocationStatistics")).as(file).isPositive();
      assertThat(counts.get("jdk.InitialEnvironmentVariable")).as(file).isZero();
      assertThat(new String(Files.readAllBytes(folder.resolve(file)), StandardCharsets.ISO_8859_1))
          .as(file)
          .doesNotContain(SECRET);
    }
  }

  private Process edge(String at) throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("bash", "-c", block("from the start") + "exec \"$@\"", "bash"));
    command.add(JDK.resolve("java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(TailraceMain.class.getName(), "edge", at, "--edge-port=0"));
    command.addAll(List.of("--edge-operator-port=0", "--edge-warm-window=0s"));
    command.add("--edge-drain-window=0s");
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("TAILRACE_"));
    builder.environment().put("TAILRACE_AUTH_HMAC_SECRET", SECRET);
    return builder.start();
  }

  /** Runs commands, of which none may fail; returns what they say. */
  private String shell(String commands, long pid) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-e", "-c", commands)
            .directory(folder.toFile())
            .redirectErrorStream(true);
    builder.environment().put("PID", Long.toString(pid));
    builder.environment().merge("PATH", JDK + ":", (path, jdk) -> jdk + path);
    Process shell = builder.start();
    String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(shell.waitFor()).as(said).isZero();
    return said;
  }

  private Map<String, Long> counts(String file) throws Exception {
    Map<String, Long> counts = new TreeMap<>();
    Matcher count = COUNT.matcher(shell("jfr summary " + file, 0));
    while (count.find()) {
      counts.put(count.group(1), Long.parseLong(count.group(2)));
    }
    return counts;
  }

  private static String page() throws IOException {
    return Files.readString(Path.of("../../docs/operations.md"));
  }

  private static String block(String name) throws IOException {
    Matcher block =
        Pattern.compile("(?s)<!-- jfr: " + name + " -->\n```sh\n(.*?)```").matcher(page());
    assertThat(block.find()).as(name).isTrue();
    return block.group(1);
  }

  private static List<String> documented() throws IOException {
    String section = page().replaceFirst("(?s).*<!-- jfr: to look -->", "").split("\n## ", 2)[0];
    List<String> events = new ArrayList<>();
    EVENT.matcher(section).results().forEach(event -> events.add(event.group(1)));
    assertThat(events).hasSizeGreaterThan(5);
    return events;
  }
}
