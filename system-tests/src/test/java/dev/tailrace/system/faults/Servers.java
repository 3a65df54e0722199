package dev.tailrace.system.faults;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
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
public final class Servers implements AutoCloseable {
  /** Starts one of them. */
  public interface Launch {
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
  public Servers(String started, List<Launch> launches) {
    this.started = started;
    this.launches = List.copyOf(launches);
    launches.forEach(launch -> processes.add(null));
  }

  public int count() {
    return launches.size();
  }

  /** Starts those that do not run, without waiting for them. */
  public void begin() throws IOException {
    for (int i = 0; i < launches.size(); i++) {
      begin(i);
    }
  }

  /** Starts one that does not run, without waiting for it. */
  public void begin(int which) throws IOException {
    if (processes.get(which) == null) {
      processes.set(which, launches.get(which).run());
    }
  }

  /** Starts one that does not run; returns when it serves. */
  public void start(int which) throws IOException {
    begin(which);
    running(which).awaitOutput(started);
  }

  /** Whether it was started, and nobody has ended it. */
  public boolean runs(int which) {
    return processes.get(which) != null;
  }

  /** Returns when all serve that run. */
  public void await() {
    for (ServerProcess process : processes) {
      if (process != null) {
        process.awaitOutput(started);
      }
    }
  }

  /** Starts those that do not run; returns when all serve. */
  public void start() throws IOException {
    begin();
    await();
  }

  /** The system's number of one that runs. */
  public long pid(int which) {
    return running(which).pid();
  }

  /** SIGKILL. */
  public void kill(int which) throws InterruptedException {
    running(which).kill();
    processes.set(which, null);
  }

  /** SIGKILL to all. */
  public void killAll() throws InterruptedException {
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
  public String terminate(int which) throws InterruptedException {
    ServerProcess process = running(which);
    processes.set(which, null);
    int code = process.terminate();
    // A JVM that ends by this signal, after its hooks, ends with 128 and the signal's number.
    if (code != 0 && code != 143) {
      throw new AssertionError("exit code " + code + ": " + process.output());
    }
    return process.output();
  }

  /** Waits until it has ended by itself; returns its exit code. */
  @CanIgnoreReturnValue
  public int awaitEnd(int which) throws InterruptedException {
    int code = running(which).awaitExit();
    processes.set(which, null);
    return code;
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
