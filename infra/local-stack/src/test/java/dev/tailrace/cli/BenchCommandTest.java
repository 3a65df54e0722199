package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchCommandTest {
  private static void assertRefused(String reason, String... arguments) {
    CommandRun run = CommandRun.of(arguments);

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains(reason);
  }

  @Test
  void shouldRefuseWhatCannotBeMeasured(@TempDir Path folder) throws Exception {
    Path secret = Files.writeString(folder.resolve("secret"), "short");
    assertRefused("1 or more", "bench", "--connections", "0");
    assertRefused("holds a stamp", "bench", "--payload", "10");
    assertRefused("0 to 1", "bench", "--slow-share", "2");
    assertRefused("no TLS", "bench", "--url", "https://127.0.0.1:8080");
    assertRefused("--pid", "bench", "--pid", "edge=java");
    assertRefused("exclude each other", "bench", "--search", "--connect-only");
    assertRefused("goes with --edge-alone", "bench", "--backlog", "9", "--pid", "1");
    assertRefused("the --pid of the edge", "bench", "--backlog", "9", "--edge-alone");
    assertRefused(
        "without --churn", "bench", "--backlog", "9", "--edge-alone", "--pid", "1", "--churn", "1");
    assertRefused("0 or more", "bench", "--backlog", "-1");
    assertRefused("32", "bench", "--auth-hmac-secret-file=" + secret);
    assertRefused("carrier-pigeon", "bench", "--transport", "carrier-pigeon");
  }
}
