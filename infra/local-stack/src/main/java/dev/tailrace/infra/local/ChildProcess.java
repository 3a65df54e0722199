package dev.tailrace.infra.local;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A part of the stack in a process of its own. Its output goes to a log file; the last lines are
 * kept, to be shown when it ends unasked.
 *
 * <p>Threading: started and stopped by the supervisor's thread; a thread of its own reads its
 * output and calls the line listener.
 */
final class ChildProcess implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ChildProcess.class);
  private static final int KEPT_LINES = 15;
  private static final Duration LONGEST_STOP = Duration.ofSeconds(6);

  private final String name;
  private final Process process;
  private final Thread reader;
  private final Deque<String> lastLines = new ArrayDeque<>();
  private Duration longestStop = LONGEST_STOP;

  private ChildProcess(String name, Process process, BufferedWriter log, Consumer<String> onLine) {
    this.name = name;
    this.process = process;
    this.reader =
        Thread.ofPlatform().daemon().name(name + "-output").unstarted(() -> read(log, onLine));
  }

  /**
   * Starts it.
   *
   * @param onLine gets every line of its output
   */
  static ChildProcess start(
      String name, List<String> command, Path logFile, Consumer<String> onLine) {
    try {
      BufferedWriter log = Files.newBufferedWriter(logFile);
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      ChildProcess child = new ChildProcess(name, process, log, onLine);
      child.reader.start();
      return child;
    } catch (IOException e) {
      throw StackException.impossible("the %s cannot be started: %s".formatted(name, e));
    }
  }

  private void read(BufferedWriter log, Consumer<String> onLine) {
    try (log;
        BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        synchronized (lastLines) {
          lastLines.add(line);
          if (lastLines.size() > KEPT_LINES) {
            lastLines.remove();
          }
        }
        log.write(line);
        log.newLine();
        log.flush();
        onLine.accept(line);
      }
    } catch (IOException | UncheckedIOException e) {
      LOG.debug("the output of {} ended", name, e);
    }
  }

  String name() {
    return name;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Of a process that has ended. */
  int exitCode() {
    return process.exitValue();
  }

  /** Everything that it said last, once it has ended. */
  List<String> lastLines() {
    try {
      reader.join(Duration.ofSeconds(1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    synchronized (lastLines) {
      return List.copyOf(lastLines);
    }
  }

  /** Its stop may take so much longer than usual. */
  void allow(Duration more) {
    longestStop = LONGEST_STOP.plus(more);
  }

  /** Asks it to stop and waits; one that does not is killed. */
  @Override
  public void close() {
    // Not Process.destroy, which closes the pipe that its last words come by.
    process.toHandle().destroy();
    try {
      if (!process.waitFor(longestStop.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("{} did not stop within {} s and is killed", name, longestStop.toSeconds());
        process.destroyForcibly().waitFor();
      }
      reader.join(Duration.ofSeconds(1));
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
