package dev.tailrace.terraform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What documentation says of Terraform's files, read from these as {@code fmt} writes them. */
final class Hcl {
  /**
   * A variable or an output, and how many rules it has; the default is none when it has to be
   * given.
   */
  record Named(String name, String description, String byDefault, int rules) {}

  /** A run of a test: the folder of the module that it is of, and what it expects to be refused. */
  record Run(Path module, String refused) {}

  private static final Pattern BLOCK =
      Pattern.compile("(?ms)^(variable|output) \"(\\w+)\" \\{\n(.*?)^\\}");
  private static final Pattern DESCRIPTION =
      Pattern.compile("(?m)^  description\\s+= \"((?:[^\"\\\\]|\\\\.)*)\"");
  private static final Pattern DEFAULT = Pattern.compile("(?m)^  default\\s+= (.+)$");
  private static final Pattern MESSAGE = Pattern.compile("(?m)^\\s+error_message\\s+= \"(.*)\"$");

  private static final Pattern RUN = Pattern.compile("(?ms)^run \"\\w+\" \\{\n(.*?)^\\}");
  private static final Pattern SOURCE = Pattern.compile("(?m)^    source = \"(.+)\"$");
  private static final Pattern REFUSED = Pattern.compile("expect_failures = \\[(.+)\\]");

  private Hcl() {}

  /** Of a file of tests, which lies in a folder of a module. */
  static List<Run> runs(Path file) throws IOException {
    Path folder = file.resolveSibling("..").normalize();
    return RUN.matcher(Files.readString(file))
        .results()
        .map((MatchResult run) -> run.group(1))
        .map(run -> new Run(folder.resolve(first(SOURCE, run)).normalize(), first(REFUSED, run)))
        .toList();
  }

  static List<Named> variables(Path file) throws IOException {
    return named(file, "variable");
  }

  static List<Named> outputs(Path file) throws IOException {
    return named(file, "output");
  }

  /** What rules say, one line each. */
  static List<String> messages(Path file) throws IOException {
    return MESSAGE
        .matcher(Files.readString(file))
        .results()
        .map((MatchResult message) -> message.group(1))
        .toList();
  }

  private static List<Named> named(Path file, String kind) throws IOException {
    return BLOCK
        .matcher(Files.readString(file))
        .results()
        .filter(block -> block.group(1).equals(kind))
        .map(
            (MatchResult block) ->
                new Named(
                    block.group(2),
                    first(DESCRIPTION, block.group(3)).replace("\\\"", "\""),
                    first(DEFAULT, block.group(3)),
                    block.group(3).split("\n  validation \\{", -1).length - 1))
        .toList();
  }

  private static String first(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? matcher.group(1) : "";
  }
}
