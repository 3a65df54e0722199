package dev.tailrace.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tailrace.monitoring.Queries.Query;
import dev.tailrace.support.lifecycle.LifecycleStack;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * A real Prometheus scrapes a dispatcher and two edges that do what they are for. All PromQL that
 * the project gives anybody is asked there: none is an error, each names series and labels that
 * there are, and what a dashboard shows it shows.
 */
class MonitoringIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Pattern LEGEND = Pattern.compile("\\{\\{(\\w+)}}");

  /** Prometheus' own: it has series while an alarm fires. */
  private static final String ALERTS = "ALERTS";

  private static final Set<String> LABELS_OF_ALERTS = Set.of("alertname", "alertstate", "severity");

  private static final LifecycleStack PARTS = new LifecycleStack();

  @TempDir static Path folder;

  private static RunningPlatform platform;
  private static RunningPrometheus prometheus;
  private static final Map<String, List<JsonNode>> SERIES = new HashMap<>();

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(Tool.find("prometheus").isPresent(), Tool.MISSING);
    platform = PARTS.push("platform", new RunningPlatform(folder));
    Map<String, List<String>> targets =
        Map.of(
            "tailrace-edge", platform.edges(),
            "tailrace-dispatcher", List.of(platform.dispatcher()));
    prometheus =
        PARTS.push(
            "prometheus",
            new RunningPrometheus(
                Tool.find("prometheus").orElseThrow(),
                Files.createDirectory(folder.resolve("prometheus")),
                targets));
    await().atMost(PATIENCE).ignoreExceptions().until(() -> isSeen("sum(up) == 3"));
    platform.comeAndGo();
  }

  @AfterAll
  static void stop() {
    PARTS.close();
  }

  private static boolean isSeen(String query) {
    return !prometheus.query(query).isEmpty();
  }

  @Test
  void shouldShowOnEachDashboardWhatThereIs() throws Exception {
    List<Query> queries =
        Queries.ofDashboards().stream()
            .filter(query -> !query.expression().contains(ALERTS))
            .toList();
    assertThat(queries).hasSizeGreaterThan(80);

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              platform.publish();
              assertThat(queries)
                  .filteredOn(query -> prometheus.query(query.expression()).isEmpty())
                  .isEmpty();
            });
    for (Query query : queries) {
      for (MatchResult legend : LEGEND.matcher(query.legend()).results().toList()) {
        assertThat(prometheus.query(query.expression()))
            .as("%s: %s has %s", query.where(), query.expression(), legend.group())
            .allMatch(series -> series.path("metric").has(legend.group(1)));
      }
    }
  }

  @Test
  void shouldNameSeriesAndLabelsThatThereAre() throws Exception {
    List<Query> queries =
        Stream.of(Queries.ofDashboards(), Queries.ofRules(), Queries.ofDocumentation())
            .flatMap(List::stream)
            .toList();
    assertThat(Queries.ofDocumentation()).hasSizeGreaterThan(10);

    for (Query query : queries) {
      prometheus.query(query.expression()); // an error would be thrown
    }
    // A rule's series comes with the first of its evaluations that has something to go by.
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              SERIES.clear();
              assertThat(queries).flatExtracting(MonitoringIT::unknown).isEmpty();
            });
  }

  @Test
  void shouldEvaluateEachRule() throws Exception {
    awaitRules();

    assertThat(prometheus.rules())
        .hasSize(Rule.all().size())
        .allSatisfy(rule -> assertThat(rule.path("lastError").asString("")).isEmpty());
    await()
        .atMost(PATIENCE)
        .until(() -> prometheus.query("tailrace:slo_budget_left:ratio").size() == 3);
    // How late deliveries are is the machine's to say, which has other things to do.
    assertThat(prometheus.query("ALERTS{alertstate=\"firing\", severity=\"critical\", slo=\"\"}"))
        .as("all is well, and who calls out then is not heard any more")
        .isEmpty();
  }

  private static void awaitRules() {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                prometheus.rules().stream()
                    .noneMatch(rule -> rule.path("health").asString().equals("unknown")));
    await().atMost(PATIENCE).until(() -> isSeen("tailrace:slo_burn:ratio1h{slo=\"resumes\"}"));
  }

  /** What a query names that there is not. */
  private static List<String> unknown(Query query) {
    List<String> wrong = new ArrayList<>();
    Set<String> all = new TreeSet<>();
    PromQl parsed = PromQl.parse(query.expression());
    for (Selector selector : parsed.selectors()) {
      Set<String> labels = labels(selector.metric());
      all.addAll(labels);
      if (!selector.metric().equals(ALERTS) && series(selector.text()).isEmpty()) {
        wrong.add("%s: there is no %s".formatted(query.where(), selector.text()));
      }
      for (String label : selector.labels()) {
        if (!labels.contains(label)) {
          wrong.add("%s: %s has no label %s".formatted(query.where(), selector.metric(), label));
        }
      }
    }
    for (String label : parsed.groupedBy()) {
      if (!all.contains(label)) {
        wrong.add("%s: nothing has a label %s".formatted(query.where(), label));
      }
    }
    return wrong;
  }

  private static Set<String> labels(String metric) {
    if (metric.equals(ALERTS)) {
      return LABELS_OF_ALERTS;
    }
    Set<String> labels = new TreeSet<>();
    series(metric).forEach(series -> labels.addAll(series.propertyNames()));
    return labels;
  }

  private static List<JsonNode> series(String selector) {
    return SERIES.computeIfAbsent(selector, prometheus::series);
  }
}
