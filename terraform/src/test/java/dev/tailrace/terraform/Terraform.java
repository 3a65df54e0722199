package dev.tailrace.terraform;

import dev.tailrace.terraform.Command.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The Terraform that is installed, at work on a copy of the configuration. */
final class Terraform {
  static final String MISSING =
      "Terraform is missing: install 1.11 or newer so that terraform is on the PATH";

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Set<String> NOT_COPIED = Set.of("src", "target", "pom.xml", ".terraform");

  private final Path executable;
  private final Path folder;
  private final String reattach;

  private Terraform(Path executable, Path folder, String reattach) {
    this.executable = executable;
    this.folder = folder;
    this.reattach = reattach;
  }

  static Optional<Path> find() {
    return Command.find("terraform");
  }

  /** In this folder, with whatever provider runs; none is ever fetched. */
  static Terraform in(Path folder, String reattach) {
    return new Terraform(find().orElseThrow(), folder, reattach);
  }

  Terraform within(String below) {
    return new Terraform(executable, folder.resolve(below), reattach);
  }

  Outcome run(String... words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(executable.toString()));
    command.addAll(List.of(words));
    return new Command(folder)
        .with("TF_CLI_CONFIG_FILE", "/dev/null")
        .with("TF_IN_AUTOMATION", "1")
        .with("TF_REATTACH_PROVIDERS", reattach)
        .with("CHECKPOINT_DISABLE", "1")
        .run(command.toArray(String[]::new));
  }

  /** Runs the tests; each line is a message, of what was made too. */
  List<JsonNode> test() throws IOException, InterruptedException {
    return run("test", "-json", "-verbose")
        .text()
        .lines()
        .filter(line -> line.startsWith("{"))
        .map(JSON::readTree)
        .toList();
  }

  /** Whatever the messages say went wrong. */
  static List<String> failures(List<JsonNode> messages) {
    List<String> failures = new ArrayList<>();
    for (JsonNode message : messages) {
      if (message.path("diagnostic").path("severity").asString("").equals("error")) {
        failures.add(
            "%s %s: %s %s"
                .formatted(
                    message.path("@testfile").asString(""),
                    message.path("@testrun").asString(""),
                    message.path("@message").asString(""),
                    message.path("diagnostic").path("detail").asString("")));
      }
    }
    return failures;
  }

  /** How many runs passed, or -1 when it did not come to an end. */
  static int passed(List<JsonNode> messages) {
    return messages.stream()
        .map(message -> message.path("test_summary"))
        .filter(summary -> summary.path("status").asString("").equals("pass"))
        .mapToInt(summary -> summary.path("passed").asInt())
        .findFirst()
        .orElse(-1);
  }

  /** The configuration of this module, in the project. */
  static Path source() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.exists(at.resolve("terraform/modules")) && Files.exists(at.resolve("tailrace"))) {
        return at.resolve("terraform");
      }
    }
    throw new IllegalStateException("not within the project");
  }

  /** All files of the configuration, tests of it included. */
  static List<Path> files(String suffix) throws IOException {
    try (Stream<Path> all = Files.walk(source())) {
      return all.filter(file -> file.toString().endsWith(suffix))
          .filter(file -> !isLeftOut(source().relativize(file)))
          .sorted()
          .toList();
    }
  }

  /**
   * Copies it all, so that what Terraform writes beside it is not written into the project. Tests
   * destroy what they made, so the copy lets them.
   */
  static void copy(Path into) throws IOException {
    for (Path file : files("")) {
      Path target = into.resolve(source().relativize(file).toString());
      if (Files.isDirectory(file)) {
        Files.createDirectories(target);
      } else {
        Files.createDirectories(target.getParent());
        Files.writeString(
            target,
            Files.readString(file).replace("prevent_destroy = true", "prevent_destroy = false"));
      }
    }
  }

  private static boolean isLeftOut(Path relative) {
    return NOT_COPIED.contains(relative.getName(0).toString())
        || relative.getFileName().toString().equals(".terraform");
  }
}
