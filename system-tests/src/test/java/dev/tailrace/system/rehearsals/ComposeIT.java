package dev.tailrace.system.rehearsals;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.system.Installed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code infra/compose/compose.yaml} against the schema of the Compose specification, which npm
 * has; no engine is needed for it. And the proxy's configuration, as HAProxy reads it.
 */
class ComposeIT {
  private static final Path CHECK = Path.of("src/test/resources/compose");

  @TempDir static Path folder;

  @BeforeAll
  static void copy() throws IOException {
    try (Stream<Path> files = Files.list(CHECK)) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
  }

  private record Run(int code, String output) {}

  @Test
  void shouldBeAComposeFile() throws Exception {
    Path npm = installed("npm", "npm");
    Path node = installed("Node", "node", "nodejs");
    Run installing =
        run("", npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline");
    assertThat(installing.code()).as(installing.output()).isZero();
    String json = JsonMapper.shared().writeValueAsString(ComposeFile.read().root());

    assertThat(run(json, node, "check.mjs")).isEqualTo(new Run(0, ""));
    assertThat(run(json.replace("\"mem_limit\"", "\"mem_limits\""), node, "check.mjs").output())
        .contains("/services/edge-1 must NOT have additional properties");
  }

  @Test
  void shouldBeAConfigurationOfTheProxy() throws Exception {
    Assumptions.assumeTrue(Proxy.find().isPresent(), Proxy.MISSING);
    Path haproxy = Proxy.find().orElseThrow();
    ProcessBuilder builder =
        builder(haproxy, "-c", "-f", ComposeFile.FOLDER.resolve("haproxy.cfg").toString());
    Map<String, String> environment = ComposeFile.read().environment("proxy");
    // Names of services, which only their network knows.
    environment.replaceAll((name, value) -> value.replaceFirst("edge-\\d", "127.0.0.1"));
    builder.environment().putAll(environment);

    Run run = run("", builder);

    assertThat(run.code()).as(run.output()).isZero();
    assertThat(run.output()).doesNotContain("WARNING");
  }

  private static Path installed(String name, String... commands) {
    Path found = Installed.find(List.of(commands)).orElse(null);
    Assumptions.assumeTrue(found != null, name + " is missing");
    return found;
  }

  private static ProcessBuilder builder(Path command, String... arguments) {
    return new ProcessBuilder(
            Stream.concat(Stream.of(command.toString()), Stream.of(arguments)).toList())
        .directory(folder.toFile())
        .redirectErrorStream(true);
  }

  private static Run run(String input, Path command, String... arguments) throws Exception {
    return run(input, builder(command, arguments));
  }

  private static Run run(String input, ProcessBuilder builder) throws Exception {
    Path given = folder.resolve("input");
    Files.writeString(given, input);
    Process process = builder.redirectInput(given.toFile()).start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    return new Run(process.waitFor(), output);
  }
}
