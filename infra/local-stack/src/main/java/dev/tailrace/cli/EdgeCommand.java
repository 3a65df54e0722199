package dev.tailrace.cli;

import dev.tailrace.edge.EdgeServer;
import dev.tailrace.infra.local.StopSignal;
import picocli.CommandLine.Command;

/**
 * Runs an edge server.
 *
 * <p>Threading: the main thread's.
 */
@Command(
    name = "edge",
    description =
        "Runs an edge server: holds the SSE, WebSocket and long-poll connections. Start as many as"
            + " there are connections for; any of them serves any client.",
    footer = {
      "Example:",
      "  ./tailrace edge --kafka-bootstrap-servers 127.0.0.1:9092 --edge-port 8080",
      "",
      "On SIGTERM it says that it is not ready, and then ends its connections one after the other",
      "(edge.drain.delay, edge.drain.window). A second SIGTERM ends all that are left at once."
    })
final class EdgeCommand extends LongRunning {
  @Override
  AutoCloseable start() {
    AutoCloseable edge = EdgeServer.start(settings());
    out().println("edge started");
    return edge;
  }

  /** SIGTERM drains; a second one stops. */
  @Override
  void beforeStop(AutoCloseable part, StopSignal signal) {
    if (part instanceof EdgeServer edge) {
      signal.allow(edge.longestDrain());
      edge.drain(signal::awaitSecond);
    }
  }
}
