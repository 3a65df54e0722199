package dev.tailrace.edge.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The console's page in Chromium, against a port that plays the protocol's part: {@code
 * console-page/console.test.js}, run by Node with Playwright and axe from npm, which download no
 * browser. What it says of each test is told here as one.
 */
class ConsolePageIT {
  private static final Path PAGE =
      Path.of("src/main/resources/dev/tailrace/edge/console/page").toAbsolutePath();
  private static final Path TESTS = Path.of("src/test/resources/console-page");
  private static final int PATIENCE_S = 180;
  private static final Pattern RESULT = Pattern.compile(" {4}(not )?ok \\d+ - (.*)");

  @TempDir static Path folder;

  private record Result(String name, boolean passed, List<String> said) {}

  @TestFactory
  Stream<DynamicTest> shouldShowWhatTheFleetSaysAndActOnlyWhenConfirmed() throws Exception {
    Path npm = installed("npm", "npm");
    Path node = installed("Node", "node", "nodejs");
    Path chromium = installed("Chromium", "chromium", "chromium-browser");
    try (Stream<Path> files = Files.list(TESTS)) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
    String installing =
        run(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline");
    assertThat(folder.resolve("node_modules/playwright-core")).as(installing).exists();
    List<Result> results =
        results(
            run(
                node,
                "--test-reporter=tap",
                "console.test.js",
                PAGE.toString(),
                chromium.toString()));
    return results.stream()
        .map(
            result ->
                DynamicTest.dynamicTest(
                    result.name(),
                    () ->
                        assertThat(result.passed()).as(String.join("\n", result.said())).isTrue()));
  }

  /** One for each test, with what is said below it. */
  private static List<Result> results(String tap) {
    List<Result> results = new ArrayList<>();
    for (String line : tap.lines().toList()) {
      Matcher result = RESULT.matcher(line);
      if (result.matches()) {
        results.add(new Result(result.group(2), result.group(1) == null, new ArrayList<>()));
      } else if (!results.isEmpty()) {
        results.getLast().said().add(line);
      }
    }
    assertThat(results).as(tap).hasSizeGreaterThan(15);
    assertThat(tap).contains("# cancelled 0", "# skipped 0", "# todo 0");
    return results;
  }

  private static String run(Path program, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(Arrays.asList(arguments));
    Path output = Files.createTempFile(folder, "output", ".txt");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(PATIENCE_S, TimeUnit.SECONDS)).as(() -> read(output)).isTrue();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    return read(output);
  }

  private static String read(Path output) {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static Path installed(String what, String... names) {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    Optional<Path> found =
        Arrays.stream(names)
            .flatMap(
                name ->
                    Arrays.stream(path.split(File.pathSeparator)).map(one -> Path.of(one, name)))
            .filter(Files::isExecutable)
            .findFirst();
    assumeTrue(found.isPresent(), "no " + what + ": install " + names[0]);
    return found.orElseThrow();
  }
}
