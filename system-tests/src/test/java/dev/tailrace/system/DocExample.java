package dev.tailrace.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * An example in the documentation, marked there by a comment: {@code run} for shell commands with
 * their output, {@code socket} for a WebSocket's conversation.
 *
 * @param name of the file, and what the mark says
 * @param kind of the mark
 * @param mark for a socket, its path
 * @param commands what is to be run; empty for a socket
 * @param shown the output, or the conversation, line by line; without empty lines and elisions
 */
record DocExample(String name, Kind kind, String mark, String commands, List<String> shown) {
  enum Kind {
    RUN,
    SOCKET
  }

  /** Where the documentation's commands expect an edge. */
  static final String EDGE = "http://127.0.0.1:8080";

  private static final Pattern EXAMPLE =
      Pattern.compile(
          "<!-- (?<kind>run|socket): (?<mark>[^\n]*?) -->\n"
              + "(?:```sh\n(?<commands>.*?)```\n<!-- output -->\n)?"
              + "```text\n(?<shown>.*?)```\n",
          Pattern.DOTALL);
  private static final Pattern MARK = Pattern.compile("<!-- (run|socket|output)");
  private static final Pattern SHELL = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);
  private static final String ELISION = "…";

  /** The README, and the pages of the protocol and the guide. */
  static List<Path> pages() throws IOException {
    Path root = Docs.root();
    List<Path> pages = new ArrayList<>(List.of(root.resolve("README.md")));
    for (String folder : List.of("docs/protocol", "docs/guide")) {
      try (Stream<Path> all = Files.list(root.resolve(folder))) {
        all.filter(page -> page.toString().endsWith(".md")).sorted().forEach(pages::add);
      }
    }
    return pages;
  }

  /**
   * All examples of a page.
   *
   * @throws IllegalStateException when a mark belongs to no example, or an example has no mark
   */
  static List<DocExample> of(Path page) throws IOException {
    String text = Files.readString(page);
    List<DocExample> examples = new ArrayList<>();
    int marks = 0;
    Matcher matcher = EXAMPLE.matcher(text);
    while (matcher.find()) {
      Kind kind = matcher.group("kind").equals("run") ? Kind.RUN : Kind.SOCKET;
      String commands = matcher.group("commands");
      marks += kind == Kind.RUN ? 2 : 1;
      examples.add(
          new DocExample(
              page.getFileName() + ": " + matcher.group("mark"),
              kind,
              matcher.group("mark"),
              commands == null ? "" : commands,
              matcher
                  .group("shown")
                  .lines()
                  .filter(line -> !line.isBlank() && !line.equals(ELISION))
                  .toList()));
    }
    if (marks != count(MARK, text)) {
      throw new IllegalStateException(page + ": a mark without its example, or the reverse");
    }
    long runs = examples.stream().filter(e -> e.kind() == Kind.RUN).count();
    long curls = SHELL.matcher(text).results().filter(m -> m.group().contains("curl ")).count();
    if (runs != curls) {
      throw new IllegalStateException(page + ": a curl example that no test runs");
    }
    return examples;
  }

  private static long count(Pattern pattern, String text) {
    return pattern.matcher(text).results().count();
  }

  @Override
  public String toString() {
    return name;
  }
}
