package dev.tailrace.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./tailrace bench} as it is run by hand, against a {@code ./tailrace dev}. */
class BenchCommandIT {
  private static final int LONGEST_RUN_S = 120;

  @TempDir private static Path logs;
  private static DevProcess dev;
  private static String url;
  private static String kafka;

  @TempDir private Path folder;

  private record Run(int exitCode, String output) {}

  @BeforeAll
  static void start() throws Exception {
    dev = DevProcess.start(logs, "--dev-sample-rate=0");
    url = dev.awaitLine("  page ");
    kafka = dev.awaitLine("  Kafka ");
    dev.awaitLine("  ./tailrace publish ");
  }

  @AfterAll
  static void stop() {
    if (dev != null) {
      dev.close();
    }
  }

  private Run bench(String... more) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                DevProcess.ROOT.resolve("tailrace").toString(),
                "bench",
                "--bootstrap-servers=" + kafka,
                "--out=" + folder,
                "--connections=20",
                "--rate=100"));
    command.addAll(List.of(more));
    Path output = Files.createTempFile(logs, "bench", ".txt");
    Process process =
        new ProcessBuilder(command)
            .directory(DevProcess.ROOT.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(LONGEST_RUN_S, TimeUnit.SECONDS)).as("ended").isTrue();
    } finally {
      process.toHandle().descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    return new Run(process.exitValue(), Files.readString(output));
  }

  private String json() throws IOException {
    return Files.readString(folder.resolve("bench.json"));
  }

  private static long edgePid() {
    return dev.children().stream()
        .filter(child -> List.of(child.info().arguments().orElse(new String[0])).contains("edge"))
        .findFirst()
        .orElseThrow()
        .pid();
  }

  @Test
  void shouldMeasureAndLeaveItsFindingsBehind() throws Exception {
    Run run =
        bench(
            "--url=" + url, "--channels=2", "--seconds=2", "--warmup=0", "--pid=edge=" + edgePid());

    assertThat(run.exitCode()).as(run.output()).isZero();
    // Each of 200 events for the ten connections of its channel.
    assertThat(run.output())
        .contains("2,000 in all, 100.000 % arrived", "0 lost, 0 duplicates", "cost          edge:")
        .contains(folder.resolve("bench.json").toString());
    assertThat(json())
        .contains("\"delivered\" : 2000,", "\"transport\" : \"sse\"", "\"edge_alone\" : false");
    assertThat(Files.readString(folder.resolve("bench.html"))).contains("<svg", "Latency");
  }

  @Test
  void shouldWriteStraightToTheLanesForTheEdgeAlone() throws Exception {
    // Twice: what the second one writes is no repetition of the first one's.
    for (int i = 0; i < 2; i++) {
      Run run =
          bench(
              "--url=" + url,
              "--edge-alone",
              "--personal",
              "--transport=websocket",
              "--seconds=2",
              "--warmup=0");

      assertThat(run.exitCode()).as(run.output()).isZero();
      assertThat(run.output()).contains("200 in all, 100.000 % arrived");
      assertThat(json()).contains("\"edge_alone\" : true");
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void shouldDrainABacklogWrittenWhileTheEdgeIsHeld() throws Exception {
    Run run =
        bench(
            "--url=" + url,
            "--edge-alone",
            "--personal",
            "--warmup=1",
            "--backlog=5000",
            "--pid=" + edgePid());

    assertThat(run.exitCode()).as(run.output()).isZero();
    assertThat(run.output())
        .contains("of the edge alone; 5,000 in ", "0 lost, 0 duplicates", "cost          edge:");
    assertThat(json()).contains("\"load\" : null,", "\"events\" : 5000,", "\"delivered\" : 5000,");
    assertThat(Files.readString(folder.resolve("bench.html"))).contains("of the edge alone");
  }

  @Test
  void shouldSayWhenThereIsNoEdge() throws Exception {
    Run run = bench("--url=http://127.0.0.1:1", "--seconds=1");

    assertThat(run.exitCode()).as(run.output()).isEqualTo(1);
    assertThat(run.output())
        .contains("20 of 20 connections could not be opened", "Connection refused");
    assertThat(folder.resolve("bench.json")).doesNotExist();
  }
}
