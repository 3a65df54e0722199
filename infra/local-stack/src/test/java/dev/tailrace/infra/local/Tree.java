package dev.tailrace.infra.local;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The source tree that this test runs in, and its {@code ./tailrace}. */
final class Tree {
  private Tree() {}

  static Path root() {
    // Tests run in the folder of their module.
    return Path.of("").toAbsolutePath().getParent().getParent();
  }

  /** Its command, in an environment in which nothing is configured. */
  static ProcessBuilder tailrace(String... arguments) {
    List<String> command = new ArrayList<>(List.of(root().resolve("tailrace").toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("TAILRACE_"));
    return builder;
  }

  /** Runs a command that ends by itself. */
  static Ended run(String... arguments) throws IOException, InterruptedException {
    return run(tailrace(arguments));
  }

  static Ended run(ProcessBuilder builder) throws IOException, InterruptedException {
    Process process = builder.start();
    process.getOutputStream().close();
    List<String> err = new ArrayList<>();
    Thread reader =
        Thread.startVirtualThread(() -> process.errorReader().lines().forEach(err::add));
    List<String> out = process.inputReader().lines().toList();
    reader.join();
    return new Ended(process.waitFor(), out, err);
  }

  record Ended(int exitCode, List<String> out, List<String> err) {}
}
