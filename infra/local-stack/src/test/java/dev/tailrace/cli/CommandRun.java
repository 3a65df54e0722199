package dev.tailrace.cli;

import dev.tailrace.infra.local.StopSignal;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import picocli.CommandLine;

/** One run of the command in this JVM, and what came of it. */
record CommandRun(int exitCode, String out, String err) {
  static CommandRun of(String... arguments) {
    return of(StopSignal.manual(), arguments);
  }

  static CommandRun of(StopSignal signal, String... arguments) {
    return of(signal, new StringWriter(), arguments);
  }

  /** Its output can be seen while it runs. */
  static CommandRun of(StopSignal signal, StringWriter out, String... arguments) {
    StringWriter err = new StringWriter();
    CommandLine commandLine = TailraceMain.commandLine(() -> signal);
    commandLine.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    int exitCode = commandLine.execute(arguments);
    return new CommandRun(exitCode, out.toString(), err.toString());
  }

  List<String> outLines() {
    return out.lines().toList();
  }
}
