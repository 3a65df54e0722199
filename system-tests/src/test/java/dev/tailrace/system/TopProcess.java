package dev.tailrace.system;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code tailrace top} of one edge's console, in a process of its own.
 *
 * <p>Threading: one test thread; another one reads.
 */
final class TopProcess implements AutoCloseable {
  private static final int LONGEST_RUN_S = 60;

  private final Process process;
  private volatile JsonNode snapshot = JsonMapper.shared().missingNode();

  private TopProcess(Process process) {
    this.process = process;
  }

  /** With {@code --output json}: it tells of each snapshot. */
  static TopProcess follow(int operatorPort) throws IOException {
    ProcessBuilder command = new ProcessBuilder(command(operatorPort, "--output", "json"));
    TopProcess top = new TopProcess(command.redirectError(Redirect.INHERIT).start());
    Thread.startVirtualThread(top::readLines);
    return top;
  }

  private void readLines() {
    try (BufferedReader out = process.inputReader()) {
      out.lines()
          .map(JsonMapper.shared()::readTree)
          .forEach(
              line ->
                  snapshot =
                      line.path("live").asBoolean(false)
                          ? line.path("snapshot")
                          : JsonMapper.shared().missingNode());
    } catch (IOException | UncheckedIOException e) {
      snapshot = JsonMapper.shared().missingNode(); // it was ended
    }
  }

  /** What it last told; of nothing before the first, and when that is not live. */
  JsonNode snapshot() {
    return snapshot;
  }

  /** What {@code --once} prints. */
  static String once(int operatorPort) throws IOException, InterruptedException {
    Process run = start(command(operatorPort, "--once"));
    String text = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!run.waitFor(LONGEST_RUN_S, TimeUnit.SECONDS) || run.exitValue() != 0) {
      throw new AssertionError("top has failed: " + text);
    }
    return text;
  }

  /**
   * Draws on a terminal, as {@code script} makes one, until this is there; then q ends it.
   *
   * @return its exit code
   */
  static int drawUntil(Path script, int operatorPort, String text)
      throws IOException, InterruptedException {
    String command =
        "stty rows 40 cols 120; '%s'".formatted(String.join("' '", command(operatorPort)));
    Process terminal = start(List.of(script.toString(), "-qec", command, "/dev/null"));
    try {
      readUntil(terminal.getInputStream(), text);
      terminal.getOutputStream().write('q');
      terminal.getOutputStream().flush();
      terminal.getInputStream().readAllBytes();
      return terminal.waitFor();
    } finally {
      terminal.destroy();
    }
  }

  private static void readUntil(InputStream in, String text) throws IOException {
    StringBuilder read = new StringBuilder();
    while (read.indexOf(text, read.length() - text.length()) < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("the terminal has ended after: " + read);
      }
      read.append((char) next);
    }
  }

  /** Ends by force what does not end: whoever reads from it would wait for ever. */
  private static Process start(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    CompletableFuture.delayedExecutor(LONGEST_RUN_S, TimeUnit.SECONDS)
        .execute(process::destroyForcibly);
    return process;
  }

  private static List<String> command(int operatorPort, String... more) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.tailrace.cli.TailraceMain",
                "top",
                "--url",
                "http://127.0.0.1:" + operatorPort));
    command.addAll(List.of(more));
    return command;
  }

  @Override
  public void close() {
    process.destroy();
  }
}
