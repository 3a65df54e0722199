package dev.tailrace.dispatcher;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A dispatcher in a process of its own, so that it can be killed, and stopped in its tracks. */
final class DispatcherProcess implements AutoCloseable {
  private final Process process;
  private final Path log;

  private DispatcherProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  static DispatcherProcess start(Map<String, String> settings) throws IOException {
    Path log = Files.createTempFile(Path.of("target"), "dispatcher-", ".log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(DispatcherMain.class.getName());
    settings.forEach((key, value) -> command.add("--" + key.replace('.', '-') + "=" + value));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(new File(log.toString()))
            .start();
    return new DispatcherProcess(process, log);
  }

  /** Waits for the line that it prints when it runs. */
  DispatcherProcess awaitStarted() {
    Awaitility.await()
        .atMost(60, TimeUnit.SECONDS)
        .until(() -> output().contains("dispatcher ready") || !process.isAlive());
    if (!process.isAlive()) {
      throw new IllegalStateException("the dispatcher did not start: " + output());
    }
    return this;
  }

  String output() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** As the kernel does when memory is short: nothing is committed, flushed or said. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  void freeze() throws Exception {
    signal("-STOP");
  }

  void thaw() throws Exception {
    signal("-CONT");
  }

  private void signal(String signal) throws Exception {
    // The shell's own: a machine need not have a program of that name.
    Process kill = new ProcessBuilder("sh", "-c", "kill " + signal + " " + process.pid()).start();
    if (kill.waitFor() != 0) {
      throw new IllegalStateException("kill " + signal + " failed");
    }
  }

  int awaitExit() throws InterruptedException {
    return process.waitFor();
  }

  /** SIGTERM; returns the exit code. */
  int terminate() throws InterruptedException {
    process.destroy();
    return process.waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
