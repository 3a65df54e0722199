package dev.tailrace.images;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A server in a process of its own, whose words go to a file.
 *
 * <p>Threading: one thread.
 */
final class ServerRun implements AutoCloseable {
  private static final Duration LONGEST_START = Duration.ofMinutes(2);

  /** At its end a JVM that learns writes down what it has learned. */
  private static final Duration LONGEST_STOP = Duration.ofMinutes(4);

  private static final long TURN_MS = 20;

  private final String name;
  private final Process process;
  private final Path log;

  private ServerRun(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
  }

  static ServerRun start(
      String name, List<String> command, Map<String, String> environment, Path log)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    return new ServerRun(name, builder.start(), log);
  }

  /** Waits for a line that begins like this, and returns the rest of it. */
  String awaitLine(String beginning) throws IOException, InterruptedException {
    long deadlineNs = System.nanoTime() + LONGEST_START.toNanos();
    while (true) {
      for (String line : Files.readAllLines(log)) {
        if (line.startsWith(beginning)) {
          return line.substring(beginning.length());
        }
      }
      pause(deadlineNs);
    }
  }

  /** Waits until the operator port says that it is ready. */
  void awaitReady(int operatorPort) throws IOException, InterruptedException {
    URI readyz = URI.create("http://127.0.0.1:%d/readyz".formatted(operatorPort));
    long deadlineNs = System.nanoTime() + LONGEST_START.toNanos();
    while (!isOk(readyz)) {
      pause(deadlineNs);
    }
  }

  static boolean isOk(URI uri) {
    try {
      HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
      connection.setConnectTimeout(1_000);
      connection.setReadTimeout(5_000);
      return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
    } catch (IOException e) {
      return false; // it has not opened it yet
    }
  }

  private void pause(long deadlineNs) throws IOException, InterruptedException {
    if (process.waitFor(TURN_MS, TimeUnit.MILLISECONDS)) {
      throw new ImageException(
          "the %s ended with %d while it started: see %s"
              .formatted(name, process.exitValue(), log));
    }
    if (System.nanoTime() - deadlineNs > 0) {
      throw new ImageException(
          "the %s was not ready within %d s: see %s"
              .formatted(name, LONGEST_START.toSeconds(), log));
    }
  }

  /** SIGTERM. */
  void terminate() {
    process.destroy();
  }

  /** The exit code, when it has ended. */
  int awaitEnd() throws InterruptedException {
    if (!process.waitFor(LONGEST_STOP.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new ImageException(
          "the %s did not end within %d s: see %s".formatted(name, LONGEST_STOP.toSeconds(), log));
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
