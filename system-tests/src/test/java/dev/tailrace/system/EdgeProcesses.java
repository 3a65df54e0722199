package dev.tailrace.system;

import dev.tailrace.cli.TailraceMain;
import dev.tailrace.support.net.FreePorts;
import dev.tailrace.testing.ServerProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Edges as processes of their own.
 *
 * <p>Threading: one test thread.
 */
final class EdgeProcesses implements AutoCloseable {
  private final Map<String, String> settings;
  private final List<Integer> ports;
  private final List<ServerProcess> processes = new ArrayList<>();

  /** So many, with these settings; none of them is started yet. */
  EdgeProcesses(int count, Map<String, String> settings) throws IOException {
    this.settings = settings;
    ports = FreePorts.some(count);
  }

  /** Starts them, and returns when all run. */
  void start() throws IOException {
    for (int port : ports) {
      Map<String, String> own = new HashMap<>(settings);
      own.put("edge.port", Integer.toString(port));
      own.put("edge.operator.port", "0");
      processes.add(ServerProcess.start(TailraceMain.class, own, "edge"));
    }
    processes.forEach(process -> process.awaitOutput("edge started"));
  }

  /** Where they are. */
  List<String> urls() {
    return ports.stream().map(port -> "http://127.0.0.1:" + port).toList();
  }

  @Override
  public void close() {
    processes.forEach(ServerProcess::close);
  }
}
