package dev.tailrace.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.schemas.Topics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ./tailrace dev} as a newcomer meets it: a process, its children, and what it prints. */
class DevStackIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path logs;

  @Test
  void shouldServeEventsRunItsOwnExamplesAndStopCleanly() throws Exception {
    try (DevProcess dev = DevProcess.start(logs)) {
      String page = dev.awaitLine("  page ");
      String network = dev.awaitLine("              http").replaceFirst(",.*", "network");
      dev.awaitLine("  ./tailrace publish ");

      assertThat(body("http" + network)).isEqualTo("good");
      assertThat(firstEvent(page + "v1/events?channel=scores")).contains("\"channel\":\"scores\"");
      List<String> examples = examples(dev);
      assertThat(examples).hasSize(isOnPath("curl") ? 6 : 2);
      for (String example : examples) {
        assertThat(firstResult(example)).as(example).isNotEmpty();
      }

      List<ProcessHandle> children = dev.children();
      assertThat(children).hasSize(3);
      dev.stop();
      assertThat(dev.awaitExit()).as("%s", dev.lines()).isZero();
      assertThat(children).noneMatch(ProcessHandle::isAlive);
    }
  }

  @Test
  void shouldNameAPartThatEndsAndStopTheOthers() throws Exception {
    try (DevProcess dev = DevProcess.start(logs)) {
      dev.awaitLine("starting the edge");
      List<ProcessHandle> children = dev.children();
      ProcessHandle broker =
          Collections.min(
              children, Comparator.comparing(child -> child.info().startInstant().orElseThrow()));

      broker.destroyForcibly();

      assertThat(dev.awaitExit()).as("%s", dev.lines()).isEqualTo(1);
      assertThat(dev.lines()).anyMatch(line -> line.contains("the broker ended with code 137"));
      assertThat(children).noneMatch(ProcessHandle::isAlive);
    }
  }

  @Test
  void shouldLeaveNoProcessBehindWhenItIsKilled() throws Exception {
    try (DevProcess dev = DevProcess.start(logs)) {
      dev.awaitLine("starting the edge");
      List<ProcessHandle> children = dev.children();
      assertThat(children).hasSizeGreaterThanOrEqualTo(2);

      dev.kill();

      DevProcess.awaitGone(children);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"starting the broker", "starting the edge", "the dispatcher is ready"})
  void shouldLeaveNoProcessBehindWhenItIsInterrupted(String moment) throws Exception {
    try (DevProcess dev = DevProcess.start(logs)) {
      dev.awaitLine(moment);

      dev.interrupt();

      assertThat(dev.awaitExit()).as("%s", dev.lines()).isZero();
      // Each of them is told the folder.
      assertThat(ProcessHandle.allProcesses())
          .noneMatch(p -> p.info().commandLine().orElse("").contains("--dev-logs=" + logs));
    }
  }

  @Test
  void shouldHandItsConfigurationOnToAllParts() throws Exception {
    try (DevProcess dev =
        DevProcess.start(
            logs, "--dispatcher-group=others", "--dispatcher-ingress-topics=orders,more")) {
      String page = dev.awaitLine("  page ");
      String publish = dev.awaitLine("  ./tailrace publish ");

      assertThat(firstEvent(page + "v1/events?channel=scores")).contains("\"channel\":\"scores\"");
      assertThat(firstResult("./tailrace publish " + publish)).contains("topic=orders");
      assertThat(publishOverHttp(page)).isEqualTo(200);
    }
  }

  @Test
  void shouldKeepThreeCopiesOfItsTopicsWhenThereAreThreeBrokers() throws Exception {
    try (DevProcess dev = DevProcess.start(logs, "--broker-count=3")) {
      String page = dev.awaitLine("  page ");
      String brokers = dev.awaitLine("  Kafka ");

      assertThat(dev.lines()).contains("starting 3 brokers");
      assertThat(brokers.split(",")).hasSize(3);
      assertThat(firstEvent(page + "v1/events?channel=scores")).contains("\"channel\":\"scores\"");
      assertThat(replicasOfAllTopics(brokers)).isNotEmpty().allMatch(replicas -> replicas == 3);
      dev.stop();
      assertThat(dev.awaitExit()).as("%s", dev.lines()).isZero();
      assertThat(dev.lines()).noneMatch(line -> line.contains("is killed"));
    }
  }

  private static List<Integer> replicasOfAllTopics(String bootstrapServers) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
      Set<String> topics =
          admin.listTopics(new ListTopicsOptions().listInternal(true)).names().get();
      assertThat(topics).contains(Topics.EVENTS, Topics.CHANNELS, "__consumer_offsets");
      return admin.describeTopics(topics).allTopicNames().get().values().stream()
          .flatMap(topic -> topic.partitions().stream())
          .map(partition -> partition.replicas().size())
          .toList();
    }
  }

  private static int publishOverHttp(String page) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(page + "v1/publish?user=42"))
              .header("Content-Type", "application/json")
              .POST(BodyPublishers.ofString("{\"channels\":[\"scores\"],\"data\":1}"))
              .build();
      return client.send(request, BodyHandlers.discarding()).statusCode();
    }
  }

  private static String body(String url) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request = HttpRequest.newBuilder(URI.create(url)).timeout(PATIENCE).build();
      return client.send(request, BodyHandlers.ofString()).body();
    }
  }

  private static String firstEvent(String url) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<Stream<String>> response =
          client.send(
              HttpRequest.newBuilder(URI.create(url)).timeout(PATIENCE).build(),
              BodyHandlers.ofLines());
      assertThat(response.statusCode()).isEqualTo(200);
      try (Stream<String> lines = response.body()) {
        return lines
            .filter(line -> line.startsWith("data: {\"channel\""))
            .findFirst()
            .orElseThrow();
      } finally {
        client.shutdownNow();
      }
    }
  }

  /** The commands that it prints to be copied. */
  private static List<String> examples(DevProcess dev) {
    boolean curl = isOnPath("curl");
    return dev.lines().stream()
        .filter(line -> line.matches("  (curl|cursor=|\\./tailrace) ?.*"))
        .filter(line -> curl || !line.contains("curl"))
        .map(String::strip)
        .toList();
  }

  private static boolean isOnPath(String program) {
    return Stream.of(System.getenv("PATH").split(":"))
        .anyMatch(folder -> Path.of(folder, program).toFile().canExecute());
  }

  /** The first line of its output that tells of an event; the command is ended then. */
  private static String firstResult(String command) throws IOException {
    Process process =
        new ProcessBuilder("bash", "-c", command)
            .directory(DevProcess.ROOT.toFile())
            .redirectErrorStream(true)
            .start();
    List<String> lines = new CopyOnWriteArrayList<>();
    Thread.startVirtualThread(() -> process.inputReader().lines().forEach(lines::add));
    try {
      await(command)
          .atMost(PATIENCE)
          .until(() -> lines.stream().anyMatch(DevStackIT::tellsOfAnEvent));
      return lines.stream().filter(DevStackIT::tellsOfAnEvent).findFirst().orElseThrow();
    } finally {
      List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
      all.add(process.toHandle());
      all.forEach(ProcessHandle::destroy);
    }
  }

  private static boolean tellsOfAnEvent(String line) {
    return line.contains("\"id\":") || line.matches("id=.* partition=\\d+ offset=\\d+");
  }
}
