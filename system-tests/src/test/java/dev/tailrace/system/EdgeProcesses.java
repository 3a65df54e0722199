package dev.tailrace.system;

import dev.tailrace.cli.TailraceMain;
import dev.tailrace.testing.ServerProcess;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Edges as processes of their own, each of which always comes back to its port.
 *
 * <p>Threading: one test thread.
 */
final class EdgeProcesses implements AutoCloseable {
  private final Map<String, String> settings;
  private final List<Integer> ports = new ArrayList<>();
  private final List<@Nullable ServerProcess> processes = new ArrayList<>();

  /** So many, with these settings; none of them is started yet. */
  EdgeProcesses(int count, Map<String, String> settings) throws IOException {
    this.settings = settings;
    for (int i = 0; i < count; i++) {
      ports.add(freePort());
      processes.add(null);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** Starts those that do not run, and returns when all do. */
  void start() throws IOException {
    List<ServerProcess> starting = new ArrayList<>();
    for (int edge = 0; edge < ports.size(); edge++) {
      if (processes.get(edge) == null) {
        Map<String, String> own = new HashMap<>(settings);
        own.put("edge.port", Integer.toString(ports.get(edge)));
        own.put("edge.operator.port", "0");
        ServerProcess process = ServerProcess.start(TailraceMain.class, own, "edge");
        processes.set(edge, process);
        starting.add(process);
      }
    }
    starting.forEach(process -> process.awaitOutput("edge started"));
  }

  /** Where each is, running or not. */
  List<String> urls() {
    return ports.stream().map(port -> "http://127.0.0.1:" + port).toList();
  }

  /** SIGKILL. */
  void kill(int edge) throws InterruptedException {
    running(edge).kill();
    processes.set(edge, null);
  }

  /** SIGTERM; returns what it said until its end. */
  String drain(int edge) throws InterruptedException {
    ServerProcess process = running(edge);
    int code = process.terminate();
    processes.set(edge, null);
    if (code != 0) {
      throw new AssertionError("exit code " + code + ": " + process.output());
    }
    return process.output();
  }

  private ServerProcess running(int edge) {
    ServerProcess process = processes.get(edge);
    if (process == null) {
      throw new IllegalStateException("edge " + edge + " does not run");
    }
    return process;
  }

  @Override
  public void close() {
    for (ServerProcess process : processes) {
      if (process != null) {
        process.close();
      }
    }
  }
}
