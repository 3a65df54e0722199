package dev.tailrace.testing.conversation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A conversation between an application's client and an edge, as a file of {@code
 * docs/protocol/conversations} has it; the README there is the format.
 */
public final class Conversation {
  private static final String FOLDER = "docs/protocol/conversations";

  private final String name;
  private final List<Step> steps;

  private Conversation(String name, List<Step> steps) {
    this.name = name;
    this.steps = List.copyOf(steps);
  }

  /**
   * Reads one.
   *
   * @param name for messages
   * @throws IllegalArgumentException with the line that is none
   */
  public static Conversation parse(String name, String text) {
    return new Conversation(name, new ConversationParser(name, text).steps());
  }

  /**
   * All that there are, by their names.
   *
   * @throws IllegalArgumentException when one cannot be read
   * @throws IOException when the project's files cannot
   */
  public static List<Conversation> all() throws IOException {
    List<Conversation> all = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder())) {
      for (Path file : files.filter(path -> path.toString().endsWith(".txt")).sorted().toList()) {
        all.add(parse(String.valueOf(file.getFileName()), Files.readString(file)));
      }
    }
    return all;
  }

  /** Where they are, from wherever in the project the tests run. */
  private static Path folder() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.isDirectory(at.resolve(FOLDER))) {
        return at.resolve(FOLDER);
      }
    }
    throw new IllegalStateException("not within the project");
  }

  /** Whether an application takes part, and not the wire alone is shown. */
  public boolean hasApplication() {
    return steps.stream().anyMatch(Step.Ask.class::isInstance);
  }

  /** Whether an operator does this in it; of {@code edge>} the member's name. */
  public boolean hasOperation(String operation) {
    return steps.stream()
        .anyMatch(step -> step instanceof Step.Operated done && done.command().has(operation));
  }

  /** The same without its application. */
  Conversation wire() {
    return new Conversation(
        name,
        steps.stream()
            .filter(step -> !(step instanceof Step.Ask) && !(step instanceof Step.Told))
            .toList());
  }

  List<Step> steps() {
    return steps;
  }

  /** The message of who departs from a line. */
  DepartureException departure(Step step, String what) {
    return new DepartureException("%s:%d: %s".formatted(name, step.line(), what));
  }

  /** The same of a failure. */
  DepartureException departure(Step step, Exception failure) {
    return new DepartureException("%s:%d: %s".formatted(name, step.line(), failure), failure);
  }

  /** The name of its file. */
  @Override
  public String toString() {
    return name;
  }
}
