package dev.tailrace.cli;

import dev.tailrace.infra.kafka.EmbeddedKafkaException;
import dev.tailrace.infra.local.StackException;
import dev.tailrace.infra.local.StopSignal;
import dev.tailrace.support.config.SettingException;
import java.io.PrintWriter;
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
  private static @Nullable StopSignal stopSignal;

  private TailraceMain() {}

  /** Runs one command and ends the process. */
  public static void main(String[] arguments) {
    int code = commandLine().execute(arguments);
    StopSignal signal = installed();
    if (signal == null) {
      System.exit(code);
    } else {
      signal.exit(code);
    }
  }

  /** The command with all its commands, as it is run. */
  static CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(new TailraceCommand());
    commandLine.setParameterExceptionHandler(TailraceMain::onWrongArguments);
    commandLine.setExecutionExceptionHandler(
        (exception, command, parsed) -> onFailure(exception, command));
    commandLine.setUsageHelpWidth(100);
    commandLine
        .getSubcommands()
        .forEach((name, command) -> SettingsHelp.add(command, KnownSettings.of(name)));
    return commandLine;
  }

  /** Signals, from the first command that runs until it is told to stop. */
  static synchronized StopSignal stopSignal() {
    StopSignal installed = stopSignal;
    if (installed == null) {
      installed = StopSignal.install();
      stopSignal = installed;
    }
    return installed;
  }

  private static synchronized @Nullable StopSignal installed() {
    return stopSignal;
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
          case SettingException _, EmbeddedKafkaException _ -> CommandException.USAGE;
          case StackException e -> e.exitCode();
          default -> CommandException.FAILED;
        };
    String message = exception.getMessage();
    complain(command, message == null ? exception.toString() : message);
    if (System.getenv("TAILRACE_DEBUG") != null) {
      exception.printStackTrace(command.getErr());
    }
    return code;
  }

  private static void complain(CommandLine command, String message) {
    PrintWriter err = command.getErr();
    err.println(
        command.getCommandSpec().qualifiedName(" ")
            + ": "
            + message.replaceAll("\\s*\\R\\s*", " "));
    err.flush();
  }
}
