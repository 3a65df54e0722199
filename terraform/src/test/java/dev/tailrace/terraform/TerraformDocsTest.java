package dev.tailrace.terraform;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the documentation says of the configuration is so; and what it rests on was measured. {@code
 * -Dtailrace.docs=write} writes the tables.
 */
class TerraformDocsTest {
  private static final Path SOURCE = Terraform.source();
  private static final Pattern TABLES = Pattern.compile("(?s)<!-- inputs -->\n.*<!-- end -->\n");
  private static final Pattern MEASURED =
      Pattern.compile(
          "(?m)^    (\\w+) = \\{\n      value  = (.+)\n      unit   = \".+\"\n      source ="
              + " \"(.+)\"\n      row    = \"(.+)\"$");
  private static final Pattern NUMBER = Pattern.compile("\\d+(\\.\\d+)?");
  private static final Pattern MODULE =
      Pattern.compile("(?m)^module \"\\w+\" \\{\n  source = \"([^\"]+)\"");
  private static final Pattern JVM_OPTION = Pattern.compile("(?<= |')(-XX:|--)[^ ']+");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `\\w+` \\|.*$");
  private static final Pattern LISTED =
      Pattern.compile("(?m)^\\| \\[(\\w+)\\]\\(modules/(\\w+)/README\\.md\\) \\|");

  private static final Pattern OVERRIDES = Pattern.compile("(\\{\"containerOverrides\":.*\\})'");
  private static final Pattern COMMAND_LINE = Pattern.compile("(?m)^\\./tailrace (.+)$");

  private static List<Path> modules() throws IOException {
    try (Stream<Path> all = Files.list(SOURCE.resolve("modules"))) {
      return Stream.concat(all, Stream.of(SOURCE)).sorted().toList();
    }
  }

  @Test
  void shouldListInputsAndOutputsOfEveryModule() throws IOException {
    List<String> differing = new ArrayList<>();
    for (Path module : modules()) {
      Path readme = module.resolve("README.md");
      String written = Files.readString(readme);
      if ("write".equals(System.getProperty("tailrace.docs"))) {
        Files.writeString(
            readme, TABLES.matcher(written).replaceFirst(Matcher.quoteReplacement(tables(module))));
      } else if (!isOf(module, written)) {
        differing.add(SOURCE.relativize(readme).toString());
      }
    }

    assertThat(modules()).hasSize(9);
    assertThat(differing)
        .as("mvn test -pl terraform -am -Dtest=TerraformDocsTest -Dtailrace.docs=write writes them")
        .isEmpty();
  }

  /** Whether it has the inputs and outputs of this module, once, and no others anywhere. */
  private static boolean isOf(Path module, String readme) throws IOException {
    Matcher tables = TABLES.matcher(readme);
    return tables.find()
        && tables.group().equals(tables(module))
        && !ROW.matcher(readme.substring(0, tables.start())).find()
        && !ROW.matcher(readme.substring(tables.end())).find();
  }

  /** Wherever somebody may have put it. */
  @Test
  void shouldFindRowsOfOtherModules() throws IOException {
    for (Path module : modules()) {
      String readme = Files.readString(module.resolve("README.md"));
      for (Path other : modules()) {
        String row = ROW.matcher(tables(other)).results().findFirst().orElseThrow().group() + "\n";
        if (!readme.contains(row)) {
          assertThat(
                  isOf(module, readme.replaceFirst("(?m)^\\| `", row.replace("$", "\\$") + "| `")))
              .as("%s with %s", module, row)
              .isFalse();
          assertThat(isOf(module, readme + row)).as("%s, then %s", module, row).isFalse();
          assertThat(isOf(module, row + readme)).as("%s after %s", module, row).isFalse();
        }
      }
    }
  }

  @Test
  void shouldListEveryModule() throws IOException {
    String readme = Files.readString(SOURCE.resolve("README.md"));
    List<String> folders = new ArrayList<>();
    for (Path module : modules()) {
      if (!module.equals(SOURCE)) {
        folders.add(module.getFileName().toString());
      }
    }

    assertThat(LISTED.matcher(readme).results())
        .extracting(row -> row.group(1) + " " + row.group(2))
        .containsExactlyInAnyOrderElementsOf(
            folders.stream().map(name -> name + " " + name).toList());
  }

  private static String tables(Path module) throws IOException {
    StringBuilder text =
        new StringBuilder("<!-- inputs -->\n| input | default | |\n|---|---|---|\n");
    for (Hcl.Named input : Hcl.variables(module.resolve("variables.tf"))) {
      String byDefault = input.byDefault().isEmpty() ? "" : "`" + input.byDefault() + "`";
      text.append("| `%s` | %s | %s |\n".formatted(input.name(), byDefault, input.description()));
    }
    text.append("\n| output | |\n|---|---|\n");
    for (Hcl.Named output : Hcl.outputs(module.resolve("outputs.tf"))) {
      text.append("| `%s` | %s |\n".formatted(output.name(), output.description()));
    }
    return text.append("<!-- end -->\n").toString();
  }

  @Test
  void shouldDescribeEveryInputAndOutput() throws IOException {
    for (Path module : modules()) {
      assertThat(Hcl.variables(module.resolve("variables.tf")))
          .isNotEmpty()
          .allMatch(input -> input.description().endsWith("."), "ends its description");
      assertThat(Hcl.outputs(module.resolve("outputs.tf")))
          .isNotEmpty()
          .allMatch(output -> output.description().endsWith("."), "ends its description");
    }
  }

  /**
   * A rule that no test has seen refuse something may be none: as many runs of the module itself
   * expect an input to be refused as it has rules.
   */
  @Test
  void shouldTestEveryRuleOfEveryInput() throws IOException {
    List<Hcl.Run> runs = new ArrayList<>();
    for (Path file : Terraform.files(".tftest.hcl")) {
      runs.addAll(Hcl.runs(file));
    }
    List<String> untested = new ArrayList<>();
    int rules = 0;
    for (Path module : modules()) {
      for (Hcl.Named input : Hcl.variables(module.resolve("variables.tf"))) {
        long tested =
            runs.stream()
                .filter(run -> run.module().equals(module))
                .filter(run -> run.refused().equals("var." + input.name()))
                .count();
        if (tested < input.rules()) {
          untested.add(
              "%s %s: %d of %d rules"
                  .formatted(SOURCE.relativize(module), input.name(), tested, input.rules()));
        }
        rules += input.rules();
      }
    }

    assertThat(untested).isEmpty();
    assertThat(rules).isGreaterThan(80);
  }

  @Test
  void shouldSayInOneLineWhatIsRefused() throws IOException {
    for (Path module : modules()) {
      assertThat(Hcl.messages(module.resolve("variables.tf")))
          .allMatch(message -> message.endsWith(".") && plain(message).length() < 200);
    }
  }

  /** Without what is put in, such as the names of keys. */
  private static String plain(String message) {
    return message.replaceAll("\\$\\{([^{}]|\\{[^{}]*\\})*\\}", "…");
  }

  @Test
  void shouldRestOnWhatWasMeasured() throws IOException {
    List<String> wrong = new ArrayList<>();
    List<MatchResult> measured =
        MEASURED
            .matcher(Files.readString(SOURCE.resolve("modules/sizing/costs.tf")))
            .results()
            .toList();
    for (MatchResult cost : measured) {
      List<String> numbers =
          NUMBER
              .matcher(cost.group(2))
              .results()
              .map((MatchResult number) -> number.group())
              .toList();
      boolean found =
          Files.readAllLines(SOURCE.resolveSibling(cost.group(3))).stream()
              .filter(line -> line.contains(cost.group(4)))
              .anyMatch(line -> numbers.stream().allMatch(number -> isIn(line, number)));
      if (!found || !cost.group(3).startsWith("benchmarks/")) {
        wrong.add(cost.group(1) + ": " + cost.group(2) + " is in no such row of " + cost.group(3));
      }
    }

    assertThat(measured).hasSizeGreaterThan(10);
    assertThat(wrong).isEmpty();
  }

  /** As figures are written: 18,000 rather than 18000, and 7.0 where a value is 7. */
  private static boolean isIn(String line, String number) {
    String grouped =
        number.contains(".") ? number : String.format(Locale.ROOT, "%,d", Long.parseLong(number));
    return Pattern.compile("(?<![\\d.,])" + Pattern.quote(grouped) + "(?![\\d]|[.,]\\d)")
        .matcher(line)
        .find();
  }

  /** A JVM in a container has the options that were measured. */
  @Test
  void shouldStartContainersAsTheLauncherStartsProcesses() throws IOException {
    String launcher = Files.readString(SOURCE.resolveSibling("tailrace"));
    List<String> options =
        JVM_OPTION
            .matcher(entrypoint())
            .results()
            .map(MatchResult::group)
            .filter(
                option -> !option.startsWith("-XX:AOTCache")) // the launcher has another archive
            .toList();

    assertThat(options).hasSizeGreaterThan(5).allMatch(launcher::contains);
  }

  /** Sizing holds sockets against what the heap leaves. */
  @Test
  void shouldSizeForTheHeapThatContainersHave() throws IOException {
    String sizing = Files.readString(SOURCE.resolve("modules/sizing/main.tf"));

    assertThat(first("(?m)^  heap_share += 0\\.(\\d)$", sizing) + "0")
        .isEqualTo(first("-XX:MaxRAMPercentage=(\\d+) ", entrypoint()));
  }

  private static String entrypoint() throws IOException {
    return Files.readString(SOURCE.resolveSibling("infra/images/src/main/image/bin/tailrace"));
  }

  /** What they cost is a part of the bill. */
  @Test
  void shouldCountWhatIsMade() throws IOException {
    String costs = Files.readString(SOURCE.resolve("modules/sizing/costs.tf"));
    String network = Files.readString(SOURCE.resolve("modules/network/main.tf"));
    String instances = Files.readString(SOURCE.resolve("modules/edge/instances.tf"));

    assertThat(first("interface_endpoints = (\\d+)", costs))
        .isEqualTo(
            String.valueOf(first("interface_endpoints = \\[(.*)\\]", network).split(",").length));
    assertThat(first("instance_disk_gb += (\\d+)", costs))
        .isEqualTo(first("volume_size += (\\d+)", instances));
  }

  private static String first(String pattern, String text) {
    Matcher found = Pattern.compile(pattern).matcher(text);
    assertThat(found.find()).as(pattern).isTrue();
    return found.group(1);
  }

  /**
   * Of commands that operators run by a task: that container has them, and they are as operators
   * know them.
   */
  @Test
  void shouldShowCommandsThatThereAre() throws IOException {
    List<String> known =
        COMMAND_LINE
            .matcher(Files.readString(SOURCE.resolveSibling("docs/operations.md")))
            .results()
            .map((MatchResult line) -> line.group(1))
            .toList();
    String readme = Files.readString(SOURCE.resolve("README.md"));
    List<JsonNode> overrides =
        OVERRIDES
            .matcher(readme)
            .results()
            .map((MatchResult json) -> JsonMapper.shared().readTree(json.group(1)))
            .map(json -> json.path("containerOverrides").path(0))
            .toList();

    assertThat(overrides).hasSize(3);
    for (JsonNode one : overrides) {
      List<String> words =
          Deployment.stream(one.path("command")).map(word -> word.asString("")).toList();
      assertThat(one.path("name").asString("")).isEqualTo("operator");
      assertThat(words.getFirst()).isIn("revoke", "disconnect", "slots");
      assertThat(known).contains(String.join(" ", words));
    }
  }

  /** No plan shows this: Terraform itself refuses to destroy them. */
  @ParameterizedTest
  @CsvSource({"modules/kafka/main.tf, aws_msk_cluster", "key.tf, aws_kms_key"})
  void shouldNotDestroyWhatHoldsEvents(String file, String type) throws IOException {
    Matcher resource =
        Pattern.compile("(?ms)^resource \"" + type + "\" \"this\" \\{(.*?)^\\}")
            .matcher(Files.readString(SOURCE.resolve(file)));

    assertThat(resource.find()).isTrue();
    assertThat(resource.group(1)).contains("    prevent_destroy = true\n");
  }

  /** What is deployed is in this repository, beside a pinned provider. */
  @Test
  void shouldTakeNoModulesFromElsewhere() throws IOException {
    int modules = 0;
    for (Path file : Terraform.files(".tf")) {
      String text = Files.readString(file);
      List<String> sources =
          MODULE.matcher(text).results().map((MatchResult module) -> module.group(1)).toList();
      modules += sources.size();

      assertThat(sources).as(file.toString()).allMatch(source -> source.startsWith("."));
      assertThat(text.lines().filter(line -> line.startsWith("module \"")))
          .as(file.toString())
          .hasSameSizeAs(sources);
    }

    assertThat(modules).isEqualTo(10);
  }
}
