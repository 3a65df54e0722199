package dev.tailrace.cli;

import dev.tailrace.infra.local.StopSignal;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * The command itself: it only has commands.
 *
 * <p>Threading: the main thread's.
 */
@Command(
    name = "tailrace",
    synopsisSubcommandLabel = "COMMAND",
    description =
        "Fans Kafka out to people: every event of a topic in every browser that may see it.",
    subcommands = {
      DevCommand.class,
      BenchCommand.class,
      BrokerCommand.class,
      CompletionCommand.class,
      DeadLettersCommand.class,
      DisconnectCommand.class,
      DispatcherCommand.class,
      DoctorCommand.class,
      EdgeCommand.class,
      PublishCommand.class,
      RehearseCommand.class,
      RevokeCommand.class,
      SlotsCommand.class,
      SubscribeCommand.class,
      TokenCommand.class,
      TopCommand.class,
      TopicsCommand.class,
      TraceCommand.class
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done, or stopped by a signal",
      "1:it was tried and failed, or something is not as it should be",
      "2:not possible as asked: a wrong argument or setting, a taken port"
    },
    footerHeading = "%nTo begin with:%n",
    footer = {
      "  ./tailrace dev                                    everything on this machine, with sample"
          + " events",
      "  ./tailrace subscribe scores                       watch a channel",
      "  ./tailrace publish scores --data '{\"home\":1}'",
      "  ./tailrace top                                    watch the fleet",
      "  ./tailrace doctor --dev --user 42                 see what is wrong",
      "  ./tailrace COMMAND --help                         options, settings and an example",
      "",
      "Every setting can be given as a flag (--edge-port 8081), in the environment",
      "(TAILRACE_EDGE_PORT=8081) or in the properties file that --config or TAILRACE_CONFIG",
      "names (edge.port=8081); the first of these that names it wins."
    })
final class TailraceCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  private final Supplier<StopSignal> signals;

  TailraceCommand(Supplier<StopSignal> signals) {
    this.signals = signals;
  }

  /** What tells a long-running command to stop, from now on. */
  StopSignal stopSignal() {
    return signals.get();
  }

  /** For picocli, which acts on it. */
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Shows this and ends")
  void help(boolean asked) {}

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return CommandException.USAGE;
  }
}
