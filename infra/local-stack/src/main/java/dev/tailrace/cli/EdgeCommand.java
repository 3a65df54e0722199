package dev.tailrace.cli;

import dev.tailrace.edge.EdgeServer;
import dev.tailrace.edge.config.EdgeConfig;
import dev.tailrace.edge.delivery.DeliveryConfig;
import dev.tailrace.edge.http.HttpConfig;
import dev.tailrace.infra.local.StopSignal;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.fleet.ProcessName;
import dev.tailrace.support.lifecycle.OpenFiles;
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
      "(edge.drain.delay, edge.drain.window). A second SIGTERM ends all that are left at once.",
      "",
      "It ends by itself, with code 1, when the lanes' topics were created anew: start it again;",
      "and with 0, drained, when an operator says so by the console (edge.console.token)."
    })
final class EdgeCommand extends LongRunning {
  @Override
  AutoCloseable start(Settings settings, StopSignal signal) {
    OpenFiles.ofThisProcess()
        .requireStart()
        .warnBelow(
            DeliveryConfig.MAX_CONNECTIONS.key(), settings.get(DeliveryConfig.MAX_CONNECTIONS));
    AutoCloseable edge = EdgeServer.start(settings, signal::request);
    say("edge started");
    return edge;
  }

  @Override
  String process(Settings settings) {
    return ProcessName.or(settings.get(EdgeConfig.NAME), settings.get(HttpConfig.OPERATOR_PORT));
  }

  /** SIGTERM drains; a second one stops. */
  @Override
  int beforeStop(AutoCloseable part, StopSignal signal) {
    if (!(part instanceof EdgeServer edge)) {
      return 0;
    }
    if (edge.areLanesRecreated()) {
      return 1; // whoever stayed longer would be given positions that nothing is meant by
    }
    signal.allow(edge.longestDrain());
    edge.drain(signal::awaitSecond);
    return 0;
  }
}
