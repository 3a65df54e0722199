package dev.tailrace.terraform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Sizing needs no provider: its own tests, and the form of all files. */
class SizingIT {
  private static final int RUNS = 40;
  private static final Pattern TABLE = Pattern.compile("(?s)<!-- sizes -->.*<!-- end of sizes -->");

  /** Runs of the tests that the documentation shows, and what of them it begins with. */
  private static final Map<String, String> SHOWN = shown();

  @TempDir private static Path work;

  private static List<JsonNode> messages;

  private static Map<String, String> shown() {
    Map<String, String> shown = new LinkedHashMap<>();
    shown.put("one_million", "1 million | kafka.m7g.large");
    shown.put("ten_million", "10 million | kafka.m7g.xlarge");
    shown.put("ten_million_steered", "10 million, steered | kafka.m7g.xlarge");
    shown.put("the_most_for_one_cluster", "33 million | kafka.m7g.16xlarge");
    shown.put("more_than_one_cluster", "34 million | kafka.m7g.16xlarge");
    shown.put("one_hundred_million", "100 million | kafka.m7g.16xlarge");
    return shown;
  }

  @BeforeAll
  static void runItsTests() throws Exception {
    assumeTrue(Terraform.find().isPresent(), Terraform.MISSING);
    Terraform.copy(work.resolve("terraform"));
    Terraform sizing = Terraform.in(work.resolve("terraform/modules/sizing"), "{}");
    sizing.run("init", "-no-color").orFail("terraform init");
    messages = sizing.test();
  }

  @Test
  void shouldComputeWhatItsTestsExpect() {
    assertThat(Terraform.failures(messages)).isEmpty();
    assertThat(Terraform.passed(messages)).isGreaterThan(RUNS);
  }

  @Test
  void shouldBeWhatTheDocumentationSays() throws IOException {
    Path page = Terraform.source().resolveSibling("docs").resolve("sizing.md");
    String written = Files.readString(page);
    String rendered = TABLE.matcher(written).replaceFirst(Matcher.quoteReplacement(table()));
    if ("write".equals(System.getProperty("tailrace.docs"))) {
      Files.writeString(page, rendered);
      return;
    }

    assertThat(written)
        .as("mvn verify -pl terraform -am -Dit.test=SizingIT -Dtailrace.docs=write writes it")
        .isEqualTo(rendered)
        .containsPattern(TABLE);
  }

  private static String table() {
    StringBuilder rows =
        new StringBuilder(
            """
            <!-- sizes -->
            | users | brokers are | cells | of each cell: edges | brokers | partitions: ingress, users, channels | brokers send, MB/s | to clients, MB/s | USD a month: edges | brokers, storage | between zones: Kafka | load balancer | to clients | all that is counted |
            |---|---|---:|---:|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|
            """);
    SHOWN.forEach(
        (run, users) -> {
          JsonNode outputs =
              messages.stream()
                  .filter(message -> message.path("@testrun").asString("").equals(run))
                  .filter(message -> message.has("test_plan"))
                  .findFirst()
                  .orElseThrow()
                  .path("test_plan")
                  .path("output_changes");
          JsonNode cell = outputs.path("cell").path("after");
          JsonNode usd = outputs.path("monthly_usd").path("after");
          long all = Deployment.stream(usd).mapToLong(JsonNode::asLong).sum();
          rows.append(
              "| %s | %d | %d | %d | %d, %d, %d | %,.0f | %,.0f | %,d | %,d | %,d | %,d | %,d | %,d |\n"
                  .formatted(
                      users,
                      outputs.path("cells").path("after").asLong(),
                      cell.path("edges").asLong(),
                      cell.path("brokers").asLong(),
                      cell.path("ingress_partitions").asLong(),
                      cell.path("user_partitions").asLong(),
                      cell.path("channel_partitions").asLong(),
                      cell.path("broker_out_mb_s").asDouble(),
                      cell.path("to_clients_mb_s").asDouble(),
                      usd.path("edges").asLong(),
                      usd.path("brokers").asLong() + usd.path("storage").asLong(),
                      usd.path("zones").asLong(),
                      usd.path("balancer_zones").asLong(),
                      usd.path("to_clients").asLong(),
                      all));
        });
    return rows.append("<!-- end of sizes -->").toString();
  }

  /** Each part of the bill is named where the documentation says what is counted. */
  @Test
  void shouldSayWhatIsCounted() throws IOException {
    String page = Files.readString(Terraform.source().resolveSibling("docs").resolve("sizing.md"));
    List<String> parts = new ArrayList<>();
    messages.stream()
        .filter(message -> message.path("@testrun").asString("").equals("one_million"))
        .filter(message -> message.has("test_plan"))
        .map(message -> message.path("test_plan").path("output_changes").path("monthly_usd"))
        .forEach(usd -> parts.addAll(usd.path("after").propertyNames()));

    assertThat(parts).hasSizeGreaterThan(10).allMatch(part -> page.contains("- `" + part + "`: "));
  }

  /** An object's type would drop a key that it does not know: these are named instead. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{users=1, connections=1, events_per_second=1, channel=2} | load has channel, which is none"
            + " of users, connections, events_per_second, channels, channels_per_user,"
            + " personal_share, event_bytes, growth, slow_share, ingress_retention_hours,"
            + " lane_retention_hours.",
        "{connections=1, events_per_second=null} | load lacks users, events_per_second.",
        "{users=1, connections=1, events_per_second=1, growth=\"big\", channels=[2]}"
            + " | load has channels, growth, which is to be a number.",
        "{users=1, connections=1, events_per_second=1, steered=true} | load has steered, and no"
            + " client can be steered here",
        "12 | load is to be an object, such as"
      })
  void shouldNameWhatALoadHas(String load, String said) throws Exception {
    Terraform root = Terraform.in(loadAlone(), "{}");

    Command.Outcome refused = root.run("plan", "-no-color", "-input=false", "-var", "load=" + load);

    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.text().replaceAll("[│\\s]+", " ")).contains(said);
  }

  /** The root's input, with nothing else: no provider is needed for its rules. */
  private static Path loadAlone() throws Exception {
    Path folder = work.resolve("load");
    if (!Files.exists(folder)) {
      Files.createDirectories(folder);
      Matcher variable =
          Pattern.compile("(?ms)^variable \"load\" \\{.*?^\\}\n")
              .matcher(Files.readString(Terraform.source().resolve("variables.tf")));
      assertThat(variable.find()).isTrue();
      Files.writeString(folder.resolve("variables.tf"), variable.group());
      Files.copy(Terraform.source().resolve("load.tf"), folder.resolve("load.tf"));
      Terraform.in(folder, "{}").run("init", "-no-color").orFail("terraform init");
    }
    return folder;
  }

  /** Whatever load may have reaches sizing, and nothing else is taken out of it. */
  @Test
  void shouldPassOnAllOfALoad() throws IOException {
    String main = Files.readString(Terraform.source().resolve("main.tf"));
    List<String> known =
        Pattern.compile("\"(\\w+)\"")
            .matcher(Files.readString(Terraform.source().resolve("load.tf")))
            .results()
            .map((MatchResult key) -> key.group(1))
            .toList();

    assertThat(known).hasSize(11);
    assertThat(known)
        .allMatch(key -> main.matches("(?s).*\n  " + key + " += local\\.load\\." + key + "\n.*"));
    assertThat(main).doesNotContain("var.load").doesNotContain("steered");
  }

  @Test
  void shouldBeFormatted() throws Exception {
    Terraform source = Terraform.in(Terraform.source(), "{}");

    assertThat(source.run("fmt", "-check", "-recursive", "-diff", "-no-color").text()).isEmpty();
  }
}
