package dev.tailrace.cli;

import dev.tailrace.cli.console.Cells;
import dev.tailrace.dispatcher.http.OperatorPortException;
import dev.tailrace.infra.kafka.EmbeddedKafkaException;
import dev.tailrace.infra.local.StackException;
import dev.tailrace.infra.local.StopSignal;
import dev.tailrace.support.config.SettingException;
import dev.tailrace.support.kafka.KafkaErrors;
import java.io.PrintWriter;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * Where the {@code tailrace} command starts. Exit codes: 0 done or stopped by a signal, 1 failed, 2
 * not possible as asked (a wrong argument, a taken port).
 *
 * <p>Threading: the main thread.
 */
public final class TailraceMain {
  private TailraceMain() {}

  /** Runs one command and ends the process. */
  public static void main(String[] arguments) {
    AtomicReference<@Nullable StopSignal> installed = new AtomicReference<>();
    int code =
        commandLine(
                () -> {
                  StopSignal signal = StopSignal.install();
                  installed.set(signal);
                  return signal;
                })
            .execute(arguments);
    StopSignal signal = installed.get();
    if (signal == null) {
      System.exit(code);
    } else {
      signal.exit(code);
    }
  }

  /**
   * The command with all its commands, as it is run.
   *
   * @param signals gives a long-running command what tells it to stop
   */
  static CommandLine commandLine(Supplier<StopSignal> signals) {
    CommandLine commandLine = new CommandLine(new TailraceCommand(signals));
    commandLine.setParameterExceptionHandler(TailraceMain::onWrongArguments);
    commandLine.setExecutionExceptionHandler(
        (exception, command, parsed) -> onFailure(exception, command));
    commandLine.setUsageHelpWidth(100);
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    FlagJoiner joiner = new FlagJoiner();
    commandLine
        .getSubcommands()
        .forEach(
            (name, command) -> {
              SettingsHelp.add(command, KnownSettings.of(name));
              command.getCommandSpec().preprocessor(joiner);
            });
    return commandLine;
  }

  private static int onWrongArguments(ParameterException exception, String[] arguments) {
    CommandLine command = exception.getCommandLine();
    complain(command, String.valueOf(exception.getMessage()));
    command.getErr().println("Try: ./" + command.getCommandSpec().qualifiedName(" ") + " --help");
    return CommandException.USAGE;
  }

  private static int onFailure(Exception exception, CommandLine command) {
    int code =
        switch (exception) {
          case CommandException e -> e.exitCode();
          case SettingException _, EmbeddedKafkaException _, OperatorPortException _ ->
              CommandException.USAGE;
          case StackException e -> e.exitCode();
          default -> CommandException.FAILED;
        };
    if (exception instanceof SettingException settings) {
      settings.problems().forEach(problem -> complain(command, problem));
    } else {
      complain(command, KafkaErrors.explain(exception));
    }
    if (System.getenv("TAILRACE_DEBUG") != null) {
      exception.printStackTrace(command.getErr());
    }
    return code;
  }

  /** Says this on one line of standard error, after the command's name. */
  static void complain(CommandLine command, String message) {
    PrintWriter err = command.getErr();
    err.println(
        command.getCommandSpec().qualifiedName(" ")
            + ": "
            + Cells.shown(message.replaceAll("\\s*\\R\\s*", " ")));
    err.flush();
  }
}
