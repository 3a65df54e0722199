package dev.tailrace.benchmarks;

import java.io.IOException;

/**
 * A process that stands still: by SIGSTOP until it is closed, then by SIGCONT goes on. If this
 * process is killed meanwhile, the other one still stands, and {@code kill -CONT} helps.
 *
 * <p>Threading: stateless.
 */
record HeldProcess(long pid) implements AutoCloseable {
  /**
   * Stops it.
   *
   * @throws BenchException when there is no such process, or it is this one or somebody else's
   */
  static HeldProcess hold(long pid) {
    if (pid == ProcessHandle.current().pid()) {
      throw new BenchException("a process cannot hold itself");
    }
    HeldProcess held = new HeldProcess(pid);
    held.signal("-STOP");
    return held;
  }

  private void signal(String signal) {
    try {
      Process kill =
          new ProcessBuilder("kill", signal, Long.toString(pid))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (kill.waitFor() != 0) {
        throw new BenchException("kill %s %d failed".formatted(signal, pid));
      }
    } catch (IOException e) {
      throw new BenchException("kill cannot be run: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchException("interrupted", e);
    }
  }

  @Override
  public void close() {
    signal("-CONT");
  }
}
