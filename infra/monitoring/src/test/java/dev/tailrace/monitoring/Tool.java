package dev.tailrace.monitoring;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A program of Prometheus', where there is one.
 *
 * <p>Threading: immutable.
 */
record Tool(Path program) {
  /** Why a test is skipped. */
  static final String MISSING =
      "Prometheus is missing: install it (Debian's package is prometheus) so that prometheus and"
          + " promtool are on the PATH";

  /** What a run wrote, and how it ended. */
  record Result(int code, String output) {}

  /** By its name on the PATH. */
  static Optional<Tool> find(String name) {
    for (String folder : System.getenv("PATH").split(File.pathSeparator, -1)) {
      Path program = Path.of(folder, name);
      if (Files.isExecutable(program)) {
        return Optional.of(new Tool(program));
      }
    }
    return Optional.empty();
  }

  /** Runs it to its end. */
  Result run(Path in, List<String> arguments) throws IOException, InterruptedException {
    Process process = builder(in, arguments).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), output);
  }

  /** Starts it; what it says goes to that file. */
  Process start(Path in, Path log, List<String> arguments) throws IOException {
    return builder(in, arguments).redirectOutput(log.toFile()).start();
  }

  private ProcessBuilder builder(Path in, List<String> arguments) {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(arguments);
    return new ProcessBuilder(command).directory(in.toFile()).redirectErrorStream(true);
  }
}
