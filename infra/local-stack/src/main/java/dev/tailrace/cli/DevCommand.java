package dev.tailrace.cli;

import dev.tailrace.infra.local.DevStack;
import dev.tailrace.support.config.LogFormat;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;

/**
 * Runs the whole platform on this machine.
 *
 * <p>Threading: the main thread's.
 */
@Command(
    name = "dev",
    description =
        "Runs everything on this machine, for development: Kafka, dispatcher and edge as processes"
            + " of their own, and a producer of sample events. Here ?user=42 stands for a token.",
    footer = {
      "Examples:",
      "  ./tailrace dev",
      "  ./tailrace dev --edge-port 8081 --broker-data data/kafka --dev-sample-rate 0",
      "  ./tailrace dev --broker-count 3"
    })
final class DevCommand extends ConfiguredCommand {

  @Override
  public Integer call() {
    List<String> flags = new ArrayList<>(settingFlags());
    flags.add(LogFormat.SETTING.flagName() + "=text"); // the parts' lines are read here
    new DevStack(TailraceMain.class.getName(), settings(), flags, stopSignal(), out()).run();
    return 0;
  }
}
