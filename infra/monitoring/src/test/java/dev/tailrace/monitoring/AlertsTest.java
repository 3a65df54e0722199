package dev.tailrace.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Each alarm says what it is, is tried both ways, and stands in the runbook. */
class AlertsTest {
  private static final Pattern SECTION =
      Pattern.compile("(?ms)^### (Tailrace\\w+)\n(.*?)(?=^##|\\z)");

  private static final List<String> PARTS = List.of("**Means.**", "**Look.**", "**Do.**");

  @Test
  void shouldSayWhatItIsAndWhereToLook() throws IOException {
    assertThat(Rule.alerts())
        .hasSizeGreaterThan(30)
        .extracting(Rule::name)
        .doesNotHaveDuplicates()
        .allMatch(name -> name.matches("Tailrace[A-Za-z]+"));
    for (Rule alert : Rule.alerts()) {
      assertThat(alert.labels().get("severity")).as(alert.name()).isIn("critical", "warning");
      assertThat(alert.annotations())
          .as(alert.name())
          .containsOnlyKeys("summary", "description", "runbook_url")
          .containsEntry("runbook_url", "docs/runbook.md#" + anchor(alert.name()));
      assertThat(String.valueOf(alert.annotations().get("summary")).length())
          .as("%s fits a telephone's screen", alert.name())
          .isBetween(10, 110);
    }
  }

  @Test
  void shouldEachHaveItsSectionInTheRunbook() throws IOException {
    List<String> sections = new ArrayList<>();
    for (MatchResult section : SECTION.matcher(Place.runbook()).results().toList()) {
      sections.add(section.group(1));
      assertThat(section.group(2)).as(section.group(1)).contains(PARTS);
    }

    assertThat(sections)
        .containsExactlyInAnyOrderElementsOf(Rule.alerts().stream().map(Rule::name).toList());
  }

  /** What never fires, and what always does, is worth nothing. */
  @Test
  void shouldEachBeTriedBothWays() throws IOException {
    Set<String> firing = new HashSet<>();
    Set<String> quiet = new HashSet<>();
    for (Path file : Place.files(Place.prometheus().resolve("tests"), ".yml")) {
      for (Map<String, Object> test : Yaml.maps(Yaml.read(file).get("tests"))) {
        for (Map<String, Object> tried : Yaml.maps(test.get("alert_rule_test"))) {
          boolean fires = !Yaml.maps(tried.get("exp_alerts")).isEmpty();
          (fires ? firing : quiet).add(String.valueOf(tried.get("alertname")));
        }
      }
    }

    List<String> alerts = Rule.alerts().stream().map(Rule::name).toList();
    assertThat(firing).containsExactlyInAnyOrderElementsOf(alerts);
    assertThat(quiet).containsExactlyInAnyOrderElementsOf(alerts);
  }

  /** Who runs it on AWS and who has Prometheus are told of the same, by the same words. */
  @Test
  void shouldHaveThoseOfCloudWatchThatAreOfTheProcesses() throws IOException {
    String alarms =
        Files.readString(Place.root().resolve("terraform/modules/observability/alarms.tf"));
    Pattern alarm =
        Pattern.compile(
            "(?ms)^    ([a-z-]+) = \\{\n *namespace = local.namespace, metric = \"(\\w+)\""
                + ".*?(above|below) = ([^,\n]+?)(?:, minutes = (\\d+).*?)?$");
    List<MatchResult> found = alarm.matcher(alarms).results().toList();

    assertThat(found).hasSizeGreaterThan(10);
    for (MatchResult one : found) {
      String name = "Tailrace" + camel(one.group(1));
      Rule rule =
          Rule.alerts().stream()
              .filter(alert -> alert.name().equals(name))
              .findFirst()
              .orElseThrow(() -> new AssertionError("no alarm " + name));
      assertThat(rule.holds()).as(name).isEqualTo(one.group(5) == null ? "" : one.group(5) + "m");
      if (one.group(4).matches("\\d+") && !one.group(4).equals("0")) {
        assertThat(rule.expression())
            .as(name)
            .contains(one.group(2))
            .contains((one.group(3).equals("above") ? "> " : "< ") + one.group(4));
      }
    }
  }

  private static String camel(String words) {
    StringBuilder name = new StringBuilder();
    for (String word : words.split("-", -1)) {
      name.append(Character.toUpperCase(word.charAt(0))).append(word.substring(1));
    }
    return name.toString();
  }

  private static String anchor(String heading) {
    return heading.toLowerCase(Locale.ROOT);
  }
}
