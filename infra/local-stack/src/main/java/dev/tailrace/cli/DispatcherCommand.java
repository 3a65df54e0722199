package dev.tailrace.cli;

import dev.tailrace.dispatcher.Dispatcher;
import dev.tailrace.dispatcher.config.DispatcherConfig;
import dev.tailrace.infra.local.StopSignal;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.fleet.ProcessName;
import dev.tailrace.support.lifecycle.OpenFiles;
import picocli.CommandLine.Command;

/**
 * Runs a dispatcher.
 *
 * <p>Threading: the main thread's.
 */
@Command(
    name = "dispatcher",
    description =
        "Runs a dispatcher: reads the ingress topics and writes each event to the lanes. Start as"
            + " many as there is work for.",
    footer = {"Example:", "  ./tailrace dispatcher --kafka-bootstrap-servers 127.0.0.1:9092"})
final class DispatcherCommand extends LongRunning {
  @Override
  AutoCloseable start(Settings settings, StopSignal signal) {
    OpenFiles.ofThisProcess().requireStart();
    AutoCloseable dispatcher = Dispatcher.start(settings);
    say("dispatcher started");
    return dispatcher;
  }

  @Override
  String process(Settings settings) {
    return ProcessName.or(
        settings.get(DispatcherConfig.NAME), settings.get(DispatcherConfig.OPERATOR_PORT));
  }
}
