package dev.tailrace.system.faults;

import dev.tailrace.testing.ServerProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Processes of one kind, each of which can be killed, stopped in its tracks and started again.
 *
 * <p>Threading: one test thread.
 */
final class Servers implements AutoCloseable {
  /** Starts one of them. */
  interface Launch {
    ServerProcess run() throws IOException;
  }

  private final String started;
  private final List<Launch> launches;
  private final List<@Nullable ServerProcess> processes = new ArrayList<>();

  /**
   * None of them runs yet.
   *
   * @param started what each prints when it serves
   */
  Servers(String started, List<Launch> launches) {
    this.started = started;
    this.launches = List.copyOf(launches);
    launches.forEach(launch -> processes.add(null));
  }

  int count() {
    return launches.size();
  }

  /** Starts those that do not run, without waiting for them. */
  void begin() throws IOException {
    for (int i = 0; i < launches.size(); i++) {
      if (processes.get(i) == null) {
        processes.set(i, launches.get(i).run());
      }
    }
  }

  /** Returns when all serve that run. */
  void await() {
    for (ServerProcess process : processes) {
      if (process != null) {
        process.awaitOutput(started);
      }
    }
  }

  /** Starts those that do not run; returns when all serve. */
  void start() throws IOException {
    begin();
    await();
  }

  /** SIGKILL. */
  void kill(int which) throws InterruptedException {
    running(which).kill();
    processes.set(which, null);
  }

  /** SIGKILL to all. */
  void killAll() throws InterruptedException {
    for (int i = 0; i < processes.size(); i++) {
      kill(i);
    }
  }

  /** SIGSTOP. */
  void freeze(int which) throws Exception {
    running(which).freeze();
  }

  /** SIGSTOP to all. */
  void freezeAll() throws Exception {
    for (int i = 0; i < processes.size(); i++) {
      freeze(i);
    }
  }

  /** SIGCONT to all that run. */
  void thaw() throws Exception {
    for (ServerProcess process : processes) {
      if (process != null) {
        process.thaw();
      }
    }
  }

  /** SIGTERM; returns what it said until its end. */
  String terminate(int which) throws InterruptedException {
    ServerProcess process = running(which);
    processes.set(which, null);
    int code = process.terminate();
    // A JVM that ends by this signal, after its hooks, ends with 128 and the signal's number.
    if (code != 0 && code != 143) {
      throw new AssertionError("exit code " + code + ": " + process.output());
    }
    return process.output();
  }

  /** Waits until it has ended by itself. */
  void awaitEnd(int which) throws InterruptedException {
    running(which).awaitExit();
    processes.set(which, null);
  }

  private ServerProcess running(int which) {
    ServerProcess process = processes.get(which);
    if (process == null) {
      throw new IllegalStateException("number " + which + " does not run");
    }
    return process;
  }

  /** SIGKILL to all that run; returns when they have ended. */
  @Override
  public void close() {
    for (int i = 0; i < processes.size(); i++) {
      if (processes.get(i) != null) {
        end(i);
      }
    }
  }

  private void end(int which) {
    try {
      kill(which);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
