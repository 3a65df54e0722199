package dev.tailrace.terraform;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Runs programs that are installed, in a folder, and waits for them. */
final class Command {
  /** What a program wrote, its errors too, and how it ended. */
  record Outcome(int code, String text) {
    Outcome orFail(String otherwise) {
      if (code != 0) {
        throw new IllegalStateException(otherwise + " (ended with " + code + "):\n" + text);
      }
      return this;
    }
  }

  private final Path folder;
  private final Map<String, String> environment = new TreeMap<>();
  private Duration patience = Duration.ofMinutes(4);

  Command(Path folder) {
    this.folder = folder;
  }

  Command with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  /** Ended by force after that; four minutes otherwise. */
  Command within(Duration patience) {
    this.patience = patience;
    return this;
  }

  /** The program of this name on the PATH. */
  static Optional<Path> find(String name) {
    String path = System.getenv("PATH");
    return Arrays.stream((path == null ? "" : path).split(File.pathSeparator))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  Outcome run(String... words) throws IOException, InterruptedException {
    Path output = Files.createTempFile("command", ".log");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(words)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .redirectInput(new File("/dev/null"));
      builder.environment().keySet().removeIf(variable -> variable.startsWith("TF_"));
      builder.environment().putAll(environment);
      Process process = builder.start();
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
        throw new IllegalStateException(
            String.join(" ", words) + " has not ended:\n" + Files.readString(output));
      }
      return new Outcome(process.exitValue(), Files.readString(output));
    } finally {
      Files.delete(output);
    }
  }
}
