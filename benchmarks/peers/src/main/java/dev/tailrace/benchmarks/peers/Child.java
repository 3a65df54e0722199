package dev.tailrace.benchmarks.peers;

import dev.tailrace.benchmarks.BenchException;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A server's process, and those it has started. What it prints goes to a file.
 *
 * <p>Threading: one thread's.
 */
public final class Child implements AutoCloseable {
  /** The tailrace command may have to build first. */
  private static final Duration LONGEST_START = Duration.ofMinutes(10);

  private static final Duration LONGEST_STOP = Duration.ofSeconds(30);
  private static final Duration TURN = Duration.ofMillis(100);

  private final String name;
  private final Process process;
  private final Path output;

  private Child(String name, Process process, Path output) {
    this.name = name;
    this.process = process;
    this.output = output;
  }

  /**
   * Starts it.
   *
   * @param cores what {@code taskset -c} takes; may be changed by {@link Cores#pin} later
   * @throws BenchException when it cannot be started
   */
  public static Child start(String name, String cores, Path folder, List<String> command) {
    Path output = folder.resolve(name + ".log");
    List<String> pinned = new ArrayList<>(List.of("taskset", "-c", cores));
    pinned.addAll(command);
    try {
      Process process =
          new ProcessBuilder(pinned)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      Child child = new Child(name, process, output);
      // A run that is cut leaves no server behind.
      Runtime.getRuntime().addShutdownHook(new Thread(child::close));
      return child;
    } catch (IOException e) {
      throw new BenchException("%s cannot be started: %s".formatted(name, e.getMessage()), e);
    }
  }

  /** Until something listens there. */
  public void awaitPort(int port) {
    await(
        () -> {
          try (Socket socket = new Socket()) {
            socket.connect(PeerTarget.loopback(port));
            return true;
          } catch (IOException e) {
            return false;
          }
        });
  }

  /** Until it has printed this. */
  public void awaitOutput(String text) {
    await(() -> output().contains(text));
  }

  private void await(BooleanSupplier ready) {
    for (long turns = LONGEST_START.dividedBy(TURN); !ready.getAsBoolean(); turns--) {
      if (!process.isAlive() || turns == 0) {
        close();
        throw new BenchException("%s is not ready; it says: %s".formatted(name, output().strip()));
      }
      LockSupport.parkNanos(TURN.toNanos());
    }
  }

  private String output() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      return "";
    }
  }

  public long pid() {
    return process.pid();
  }

  /** Ends it as the kernel does when memory is short. */
  public void kill() {
    process.destroyForcibly();
  }

  /** Asks it to end. */
  public void terminate() {
    process.destroy();
  }

  /** Those that it has started, and they in turn. */
  List<ProcessHandle> descendants() {
    return process.descendants().toList();
  }

  /** Asks it to end; what is still there after a while is killed. */
  @Override
  public void close() {
    List<ProcessHandle> family = new ArrayList<>(descendants());
    family.add(process.toHandle());
    process.destroy();
    try {
      if (!process.waitFor(LONGEST_STOP.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    family.forEach(ProcessHandle::destroyForcibly);
  }
}
