package dev.tailrace.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * A running {@code ./tailrace dev} on free ports, and what it has said so far.
 *
 * <p>Threading: one test thread; another one collects the output.
 */
final class DevProcess implements AutoCloseable {
  /** The tree that this test runs in: tests run in the folder of their module. */
  static final Path ROOT = Path.of("").toAbsolutePath().getParent();

  private static final Duration LONGEST_START = Duration.ofMinutes(3);
  private static final Duration LONGEST_STOP = Duration.ofSeconds(60);

  private final Process process;
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Thread reader;

  private DevProcess(Process process) {
    this.process = process;
    this.reader = Thread.ofVirtual().start(() -> process.inputReader().lines().forEach(lines::add));
  }

  static DevProcess start(Path logs, String... more) throws IOException {
    List<String> command = new ArrayList<>();
    if (System.getProperty("os.name").equals("Linux")) {
      // Where the tests run in the background, SIGINT is ignored, and what they start inherits
      // that.
      command.addAll(List.of("env", "--default-signal=INT"));
    }
    command.addAll(
        List.of(
            ROOT.resolve("tailrace").toString(),
            "dev",
            "--broker-port=0",
            "--edge-port=0",
            "--edge-operator-port=0",
            "--dispatcher-operator-port=0",
            "--dev-network-port=0",
            "--dev-logs=" + logs));
    command.addAll(List.of(more));
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(ROOT.toFile()).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("TAILRACE_"));
    // A JVM that cannot use the archive of classes then ends.
    builder.environment().put("JAVA_TOOL_OPTIONS", "-Xshare:on");
    return new DevProcess(builder.start());
  }

  /** Waits for a line that begins so; returns what follows. */
  String awaitLine(String beginning) {
    await("a line that begins with \"" + beginning + "\"")
        .atMost(LONGEST_START)
        .failFast(
            () -> {
              assertThat(process.isAlive()).as("alive; it said %s", lines).isTrue();
            })
        .until(() -> lines.stream().anyMatch(line -> line.startsWith(beginning)));
    return lines.stream()
        .filter(line -> line.startsWith(beginning))
        .findFirst()
        .orElseThrow()
        .substring(beginning.length())
        .strip();
  }

  List<String> lines() {
    return lines;
  }

  List<ProcessHandle> children() {
    return process.toHandle().descendants().toList();
  }

  /** SIGTERM. */
  void stop() {
    process.toHandle().destroy();
  }

  /** SIGINT to all of its processes, as Ctrl-C in a terminal sends it. */
  void interrupt() throws IOException, InterruptedException {
    List<String> kill = new ArrayList<>(List.of("kill", "-INT", Long.toString(process.pid())));
    children().forEach(child -> kill.add(Long.toString(child.pid())));
    new ProcessBuilder(kill).redirectErrorStream(true).start().waitFor();
  }

  /** SIGKILL. */
  void kill() {
    process.toHandle().destroyForcibly();
  }

  /** Waits until it has ended; returns its exit code. */
  int awaitExit() throws InterruptedException {
    assertThat(process.waitFor(LONGEST_STOP.toSeconds(), TimeUnit.SECONDS))
        .as("ended; it said %s", lines)
        .isTrue();
    reader.join();
    return process.exitValue();
  }

  static void awaitGone(List<ProcessHandle> processes) {
    await("processes that have ended")
        .atMost(LONGEST_STOP)
        .until(() -> processes.stream().noneMatch(ProcessHandle::isAlive));
  }

  @Override
  public void close() {
    List<ProcessHandle> all = new ArrayList<>(children());
    all.add(process.toHandle());
    all.forEach(ProcessHandle::destroyForcibly);
  }
}
