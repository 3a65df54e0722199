package dev.tailrace.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.monitoring.dashboard.Dashboard;
import dev.tailrace.monitoring.dashboard.Dashboards;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The dashboards are those of the code, and Grafana can show them. {@code -Dtailrace.docs=write}
 * writes them.
 */
class DashboardsTest {
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{?(\\w+)}?");

  /** Grafana's own. */
  private static final Set<String> BUILT_IN = Set.of("__rate_interval");

  @Test
  void shouldBeThoseOfTheCode() throws IOException {
    Path folder = Place.grafana().resolve("dashboards");
    if ("write".equals(System.getProperty("tailrace.docs"))) {
      for (Dashboard dashboard : Dashboards.all()) {
        Files.writeString(folder.resolve(dashboard.name() + ".json"), dashboard.json());
      }
    }

    assertThat(Place.files(folder, ".json").stream().map(path -> path.getFileName().toString()))
        .containsExactlyInAnyOrderElementsOf(
            Dashboards.all().stream().map(dashboard -> dashboard.name() + ".json").toList());
    for (Dashboard dashboard : Dashboards.all()) {
      assertThat(Files.readString(folder.resolve(dashboard.name() + ".json")))
          .as(
              "mvn test -pl infra/monitoring -am -Dtest=DashboardsTest -Dtailrace.docs=write"
                  + " -Dsurefire.failIfNoSpecifiedTests=false writes it")
          .isEqualTo(dashboard.json());
    }
  }

  static Stream<Path> files() throws IOException {
    return Place.files(Place.grafana().resolve("dashboards"), ".json").stream();
  }

  private static JsonNode read(Path file) throws IOException {
    return JsonMapper.shared().readTree(Files.readString(file));
  }

  @ParameterizedTest
  @MethodSource("files")
  void shouldSayWhatItShows(Path file) throws IOException {
    JsonNode dashboard = read(file);
    assertThat(dashboard.path("uid").asString()).matches("tailrace-[a-z]{1,30}");
    assertThat(dashboard.path("title").asString()).isNotBlank();
    assertThat(dashboard.path("description").asString()).isNotBlank();
    assertThat(dashboard.path("schemaVersion").asInt()).isEqualTo(39);
    assertThat(dashboard.path("id").isMissingNode()).as("Grafana gives it one").isTrue();
    for (JsonNode panel : dashboard.path("panels")) {
      String title = panel.path("title").asString();
      assertThat(title).isNotBlank();
      if (!panel.path("type").asString().equals("row")) {
        assertThat(panel.path("description").asString()).as(title).hasSizeGreaterThan(10);
        assertThat(panel.at("/fieldConfig/defaults/unit").asString()).as(title).isNotBlank();
        assertThat(panel.at("/datasource/uid").asString()).as(title).isEqualTo("${datasource}");
        assertThat(panel.path("targets")).as(title).isNotEmpty();
        Set<String> ids = new HashSet<>();
        for (JsonNode target : panel.path("targets")) {
          assertThat(ids.add(target.path("refId").asString())).as(title).isTrue();
          assertThat(target.path("legendFormat").asString()).as(title).isNotBlank();
          assertThat(target.at("/datasource/uid").asString()).as(title).isEqualTo("${datasource}");
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void shouldPutEachPanelWhereThereIsRoom(Path file) throws IOException {
    JsonNode dashboard = read(file);
    Set<Integer> ids = new HashSet<>();
    Map<Long, String> taken = new HashMap<>();
    for (JsonNode panel : dashboard.path("panels")) {
      String title = panel.path("title").asString();
      assertThat(ids.add(panel.path("id").asInt())).as(title).isTrue();
      JsonNode at = panel.path("gridPos");
      int right = at.path("x").asInt() + at.path("w").asInt();
      int bottom = at.path("y").asInt() + at.path("h").asInt();
      assertThat(right).as(title).isBetween(1, 24);
      for (long x = at.path("x").asInt(); x < right; x++) {
        for (long y = at.path("y").asInt(); y < bottom; y++) {
          assertThat(taken.put(y << 32 | x, title)).as("%s lies on it", title).isNull();
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void shouldKnowItsVariables(Path file) throws IOException {
    JsonNode dashboard = read(file);
    Set<String> known = new HashSet<>(BUILT_IN);
    dashboard.at("/templating/list").forEach(one -> known.add(one.path("name").asString()));
    Set<String> used = new TreeSet<>();
    VARIABLE.matcher(dashboard.toString()).results().forEach(found -> used.add(found.group(1)));

    assertThat(used).contains("datasource").isSubsetOf(known);
  }

  @Test
  void shouldBeFoundByGrafana() throws IOException {
    Path provisioning = Place.grafana().resolve("provisioning");
    Map<String, Object> provider =
        Yaml.maps(Yaml.read(provisioning.resolve("dashboards/tailrace.yml")).get("providers"))
            .getFirst();
    Map<String, Object> source =
        Yaml.maps(Yaml.read(provisioning.resolve("datasources/prometheus.yml")).get("datasources"))
            .getFirst();

    assertThat(provider).containsEntry("type", "file").containsEntry("folder", "Tailrace");
    assertThat(Yaml.map(provider.get("options"))).containsKey("path");
    assertThat(source).containsEntry("type", "prometheus").containsKeys("url", "uid");
  }
}
