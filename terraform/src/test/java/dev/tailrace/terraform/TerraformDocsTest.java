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
  private static final Pattern EXPECTED = Pattern.compile("expect_failures = \\[(.+)\\]");

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
      String rendered =
          TABLES.matcher(written).replaceFirst(Matcher.quoteReplacement(tables(module)));
      if ("write".equals(System.getProperty("tailrace.docs"))) {
        Files.writeString(readme, rendered);
      } else if (!rendered.equals(written) || !TABLES.matcher(written).find()) {
        differing.add(SOURCE.relativize(readme).toString());
      }
    }

    assertThat(modules()).hasSize(8);
    assertThat(differing)
        .as("mvn test -pl terraform -am -Dtest=TerraformDocsTest -Dtailrace.docs=write writes them")
        .isEmpty();
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

  /** A rule that no test has seen refuse something may be none. */
  @Test
  void shouldTestEveryInputThatHasARule() throws IOException {
    List<String> untested = new ArrayList<>();
    String tests = "";
    for (Path file : Terraform.files(".tftest.hcl")) {
      tests += Files.readString(file);
    }
    List<String> expected =
        EXPECTED.matcher(tests).results().map((MatchResult failure) -> failure.group(1)).toList();
    int rules = 0;
    for (Path module : modules()) {
      for (Hcl.Named input : Hcl.variables(module.resolve("variables.tf"))) {
        if (input.validated() && !expected.contains("var." + input.name())) {
          untested.add(SOURCE.relativize(module) + " " + input.name());
        }
      }
      rules += Hcl.messages(module.resolve("variables.tf")).size();
    }

    assertThat(untested).isEmpty();
    assertThat(expected).hasSizeGreaterThanOrEqualTo(rules);
  }

  @Test
  void shouldSayInOneLineWhatIsRefused() throws IOException {
    for (Path module : modules()) {
      assertThat(Hcl.messages(module.resolve("variables.tf")))
          .allMatch(message -> message.endsWith(".") && message.length() < 200);
    }
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
            .matcher(Files.readString(SOURCE.resolve("image/start")))
            .results()
            .map(MatchResult::group)
            .toList();

    assertThat(options).hasSizeGreaterThan(5).allMatch(launcher::contains);
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

    assertThat(modules).isEqualTo(9);
  }
}
