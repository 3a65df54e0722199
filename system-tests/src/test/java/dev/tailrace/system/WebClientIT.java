package dev.tailrace.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.infra.kafka.EmbeddedKafka;
import dev.tailrace.support.config.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The web client: its own tests, in Node against a real edge and a scripted one, and its size. */
class WebClientIT {
  private static final long LONGEST_S = 240;
  private static final int MOST_BYTES = 8_192;
  private static final Path FOLDER = Docs.root().resolve("clients/js/test");
  private static final List<String> TESTS =
      List.of(
          "client.test.mjs",
          "scripted.test.mjs",
          "positions.test.mjs",
          "strangers.test.mjs",
          "shared.test.mjs",
          "types.test.mjs");

  @TempDir Path folder;

  @Test
  void shouldBearItsOwnTests() throws Exception {
    Optional<Path> node = NodeSseClient.node();
    Assumptions.assumeTrue(node.isPresent(), NodeSseClient.MISSING);
    EmbeddedKafka kafka = EmbeddedKafka.start();
    Settings settings =
        Settings.of(
            Map.of(
                "dev",
                "true",
                "kafka.bootstrap.servers",
                kafka.bootstrapServers(),
                "auth.hmac.secret",
                SoakTokens.SECRET,
                "publish.user.rate",
                "1000",
                "publish.user.burst",
                "1000"));
    try (Platform platform = Platform.start(kafka, settings)) {
      Path output = folder.resolve("output");
      List<String> command = new ArrayList<>();
      command.add(node.orElseThrow().toString());
      command.addAll(List.of("--no-warnings", "--experimental-websocket", "--test"));
      TESTS.forEach(test -> command.add(FOLDER.resolve(test).toString()));
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
      builder.environment().put("TAILRACE_ORIGIN", platform.baseUrl());
      builder.environment().put("TAILRACE_SECRET", SoakTokens.SECRET);
      Process process = builder.start();
      try {
        boolean ended = process.waitFor(LONGEST_S, TimeUnit.SECONDS);
        String said = Files.readString(output);
        assertThat(ended).as(said).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        assertThat(said).contains("# pass ").doesNotContain("# pass 0\n");
      } finally {
        process.destroyForcibly();
      }
    }
  }

  @Test
  void shouldBeSmallAsItIs() throws Exception {
    Path zipped = folder.resolve("tailrace.js.gz");
    try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(zipped))) {
      Files.copy(WebClientFiles.MODULE, out);
    }

    assertThat(Files.size(zipped)).isLessThanOrEqualTo(MOST_BYTES);
  }
}
