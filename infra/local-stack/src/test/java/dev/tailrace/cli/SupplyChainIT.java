package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What is shipped is in the SBOM, and under licences that allow it. {@code -Dtailrace.docs=write}
 * writes docs/licences.md anew, unless Maven is offline.
 */
class SupplyChainIT {
  private static final Path TARGET = Path.of("target").toAbsolutePath();
  private static final Path PAGE = TARGET.resolve("../../../docs/licences.md").normalize();
  private static final Path SBOM = TARGET.resolve("tailrace-sbom.json");
  private static final String OURS = "tailrace";

  /** The SBOM's plugin does nothing then: there is none, or one of before. */
  private static final boolean OFFLINE = Boolean.getBoolean("tailrace.build.offline");

  private static final String HEAD =
      """
      # Licences of what is shipped

      Everything that `infra/local-stack/target/lib` holds beside Tailrace itself, from the SBOM that the build
      writes beside it (`tailrace-sbom.json`, CycloneDX; not when Maven is offline). Nothing in it is changed. A
      test holds this page against both, and refuses what is under no licence of its list. It writes the page anew:
      `mvn verify -pl infra/local-stack -am -Dtest=SettingsTest -Dit.test=SupplyChainIT
      -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false -Dtailrace.docs=write`.

      | jar | group | licence |
      |---|---|---|
      """;

  /** SPDX names of licences that ask for no more than to be named. Of several one is enough. */
  private static final Set<String> ALLOWED =
      Set.of("Apache-2.0", "MIT", "MIT-0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "Go License");

  /**
   * Weak copyleft, for these alone: they are shipped as they come, each in a jar of its own, and
   * nothing of them is changed.
   */
  private static final Map<String, Set<String>> ALLOWED_FOR =
      Map.of(
          "ch.qos.logback", Set.of("EPL-2.0"),
          "jakarta.servlet", Set.of("EPL-2.0"),
          "jakarta.websocket", Set.of("EPL-2.0"));

  /** A row of the page: what is in one jar. */
  private record Part(String jar, String group, Set<String> licences) {
    private static final Pattern ROW =
        Pattern.compile("(?m)^\\| `(\\S+\\.jar)` \\| (\\S+) \\| (.+) \\|$");

    static Part of(JsonNode component) {
      Set<String> licences = new TreeSet<>();
      for (JsonNode choice : component.path("licenses")) {
        JsonNode licence = choice.path("license");
        licences.add(
            Stream.of(licence.path("id"), licence.path("name"), choice.path("expression"))
                .filter(JsonNode::isString)
                .map(JsonNode::asString)
                .findFirst()
                .orElse("?"));
      }
      String jar = component.get("name").asString() + "-" + component.get("version").asString();
      return new Part(jar + ".jar", component.get("group").asString(), licences);
    }

    static List<Part> in(String page) {
      return ROW.matcher(page)
          .results()
          .map(row -> new Part(row.group(1), row.group(2), Set.of(row.group(3).split(" or "))))
          .toList();
    }

    boolean isAllowed() {
      Set<String> more = ALLOWED_FOR.getOrDefault(group, Set.of());
      return licences.stream().anyMatch(one -> ALLOWED.contains(one) || more.contains(one));
    }

    String row() {
      return "| `%s` | %s | %s |\n".formatted(jar, group, String.join(" or ", licences));
    }
  }

  @BeforeAll
  static void write() throws IOException {
    if (!OFFLINE && "write".equals(System.getProperty("tailrace.docs"))) {
      Files.writeString(PAGE, rendered());
    }
  }

  @Test
  void shouldListEveryJarThatIsShipped() throws IOException {
    try (Stream<Path> jars = Files.list(TARGET.resolve("lib"))) {
      assertThat(Part.in(Files.readString(PAGE)).stream().map(Part::jar))
          .hasSizeGreaterThan(50)
          .containsExactlyInAnyOrderElementsOf(
              jars.map(jar -> jar.getFileName().toString())
                  .filter(jar -> jar.endsWith(".jar") && !jar.startsWith(OURS))
                  .toList());
    }
  }

  @Test
  void shouldShipOnlyWhatItsLicenceAllows() throws IOException {
    assertThat(Part.in(Files.readString(PAGE))).allMatch(Part::isAllowed);
  }

  @Test
  void shouldNameTheLicencesOfTheSbom() throws IOException {
    assertThat(OFFLINE || Files.readString(PAGE).equals(rendered()))
        .as("docs/licences.md is what the SBOM says")
        .isTrue();
  }

  private static String rendered() throws IOException {
    JsonNode bom = JsonMapper.shared().readTree(Files.readString(SBOM));
    assertThat(bom.get("bomFormat").asString()).isEqualTo("CycloneDX");
    SortedSet<String> rows = new TreeSet<>();
    for (JsonNode component : bom.get("components")) {
      Part part = Part.of(component);
      if (!part.jar().startsWith(OURS)) {
        rows.add(part.row());
      }
    }
    return HEAD + String.join("", rows);
  }
}
