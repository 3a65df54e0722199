package dev.tailrace.testing;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * A server in a process of its own, so that it can be killed, and stopped in its tracks.
 *
 * <p>Threading: one test thread.
 */
public final class ServerProcess implements AutoCloseable {
  private final Process process;
  private final Path log;

  private ServerProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /** Starts this class with this JVM's class path; settings become flags, behind arguments. */
  public static ServerProcess start(
      Class<?> mainClass, Map<String, String> settings, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(arguments));
    settings.forEach((key, value) -> command.add("--" + key.replace('.', '-') + "=" + value));
    return start(
        System.getProperty("java.class.path"),
        mainClass.getName(),
        Map.of(),
        command.toArray(String[]::new));
  }

  /** Starts this class of this class path, with these variables over those of this process. */
  public static ServerProcess start(
      String classPath, String mainClass, Map<String, String> environment, String... arguments)
      throws IOException {
    Path log =
        Files.createTempFile(
            Path.of("target"), mainClass.substring(mainClass.lastIndexOf('.') + 1) + "-", ".log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", classPath));
    command.add(mainClass);
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(new File(log.toString()));
    builder.environment().putAll(environment);
    return new ServerProcess(builder.start(), log);
  }

  /** Waits until it prints this, which says that it runs. */
  public ServerProcess awaitOutput(String started) {
    Awaitility.await()
        .atMost(120, TimeUnit.SECONDS)
        .until(() -> output().contains(started) || !process.isAlive());
    if (!process.isAlive()) {
      throw new IllegalStateException("the server did not start: " + output());
    }
    return this;
  }

  /** The system's number of it. */
  public long pid() {
    return process.pid();
  }

  /** All that it has said. */
  public String output() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** As the kernel does when memory is short: nothing is committed, flushed or said. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** SIGSTOP. */
  public void freeze() throws Exception {
    signal("-STOP");
  }

  /** SIGCONT. */
  public void thaw() throws Exception {
    signal("-CONT");
  }

  /** Any signal, such as -TERM. */
  public void signal(String signal) throws Exception {
    // The shell's own: a machine need not have a program of that name.
    Process kill = new ProcessBuilder("sh", "-c", "kill " + signal + " " + process.pid()).start();
    if (kill.waitFor() != 0) {
      throw new IllegalStateException("kill " + signal + " failed");
    }
  }

  /** Returns the exit code. */
  public int awaitExit() throws InterruptedException {
    return process.waitFor();
  }

  /** SIGTERM; returns the exit code. */
  public int terminate() throws InterruptedException {
    process.destroy();
    return process.waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
