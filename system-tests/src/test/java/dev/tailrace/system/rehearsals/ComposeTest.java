package dev.tailrace.system.rehearsals;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.system.Docs;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** What {@code infra/compose} names is there, and what its parts say of each other is so. */
class ComposeTest {
  private static final Pattern IMAGE =
      Pattern.compile("(\\$\\{TAILRACE_IMAGE:-)?[a-z/-]+:v?\\d[\\w.-]+}?");
  private static final Pattern SETTING = Pattern.compile("`([a-z.]+)`");
  private static final Pattern PLACE = Pattern.compile("\\b([a-z]+(?:-\\d)?):(\\d{4})\\b");
  private static final Pattern MADE = Pattern.compile("for name in ([a-z -]+); do");
  private static final Pattern PROXIED = Pattern.compile("server (\\S+) \"\\$\\{(EDGE_\\d)}\"");
  private static final String SECRETS = "/run/secrets/";

  private final ComposeFile compose = ComposeFile.read();
  private final Map<String, Map<?, ?>> services = compose.section("services");

  ComposeTest() throws IOException {}

  @Test
  void shouldBeTheFleetThatIsRehearsed() {
    assertThat(compose.servicesOf("edge")).hasSize(3);
    assertThat(compose.servicesOf("dispatcher")).hasSize(2);
    assertThat(services).containsKeys("kafka-1", "kafka-2", "kafka-3", "proxy", "prometheus");
  }

  @Test
  void shouldPinEveryImage() {
    services.forEach((name, service) -> assertThat(text(service, "image")).as(name).matches(IMAGE));
  }

  /** What is misspelt in the environment is passed over by the parts themselves. */
  @Test
  void shouldGiveSettingsThatExist() throws IOException {
    Set<String> known =
        Docs.page("docs/configuration.md")
            .lines()
            .filter(line -> line.startsWith("| `"))
            .flatMap(line -> found(SETTING, line.split("\\|", 3)[1]))
            .map(key -> "TAILRACE_" + key.toUpperCase(Locale.ROOT).replace('.', '_'))
            .collect(Collectors.toSet());
    List<String> given =
        services.keySet().stream()
            .flatMap(service -> compose.environment(service).keySet().stream())
            .filter(variable -> variable.startsWith("TAILRACE_"))
            .toList();

    assertThat(given).hasSizeGreaterThan(40);
    assertThat(known).containsAll(given);
  }

  @Test
  void shouldHaveWhatItMounts() throws IOException {
    List<String> secretsMade =
        List.of(
            found(MADE, Files.readString(ComposeFile.FOLDER.resolve("make-secrets")))
                .findFirst()
                .orElseThrow()
                .split(" ", -1));

    assertThat(compose.section("secrets").keySet())
        .containsExactlyInAnyOrderElementsOf(secretsMade);
    services.forEach(
        (name, service) -> {
          for (String volume : texts(service, "volumes")) {
            String source = volume.split(":", -1)[0];
            if (source.startsWith(".")) {
              assertThat(ComposeFile.FOLDER.resolve(source).normalize()).as(name).exists();
            } else {
              assertThat(compose.section("volumes")).as(name).containsKey(source);
            }
          }
          compose
              .environment(name)
              .values()
              .forEach(
                  value -> {
                    if (value.startsWith(SECRETS)) {
                      assertThat(texts(service, "secrets"))
                          .as(name)
                          .contains(value.substring(SECRETS.length()));
                    }
                  });
        });
  }

  /** By services and the ports that they listen on. */
  @Test
  void shouldFindEachOther() throws IOException {
    Set<String> listening = new TreeSet<>();
    for (String service : services.keySet()) {
      compose
          .environment(service)
          .forEach(
              (variable, value) -> {
                if (variable.startsWith("TAILRACE_") && variable.endsWith("_PORT")) {
                  listening.add(service + ":" + value);
                }
                if (variable.equals("KAFKA_LISTENERS")) {
                  found(Pattern.compile("://:(\\d+)"), value)
                      .forEach(port -> listening.add(service + ":" + port));
                }
              });
    }
    listening.add("prometheus:9090");
    List<String> named = new ArrayList<>();
    services.keySet().forEach(service -> named.addAll(places(compose.environment(service))));
    List<String> scraped = places(Files.readString(ComposeFile.FOLDER.resolve("prometheus.yml")));

    assertThat(named).hasSizeGreaterThan(30);
    assertThat(listening).containsAll(named).containsAll(scraped);
    assertThat(scraped)
        .containsExactlyInAnyOrderElementsOf(
            listening.stream().filter(place -> place.matches(".*:809[01]")).toList());
  }

  private static List<String> places(Map<String, String> environment) {
    return environment.entrySet().stream()
        .filter(variable -> !variable.getKey().equals("PROXY_LISTEN"))
        .flatMap(variable -> places(variable.getValue()).stream())
        .toList();
  }

  private static List<String> places(String text) {
    return PLACE
        .matcher(text)
        .results()
        .filter(place -> !place.group(1).equals("http"))
        .map(MatchResult::group)
        .toList();
  }

  @Test
  void shouldSendClientsToEveryEdgeByAProxyThatTheyBelieve() throws IOException {
    Map<?, ?> networks = (Map<?, ?>) services.get("proxy").get("networks");
    String address = ((Map<?, ?>) networks.get("tailrace")).get("ipv4_address").toString();
    Map<String, String> proxy = compose.environment("proxy");
    List<String> proxied = new ArrayList<>();
    for (MatchResult server : PROXIED.matcher(Topology.proxyConfiguration()).results().toList()) {
      proxied.add(server.group(1));
      assertThat(proxy.get(server.group(2))).isEqualTo(server.group(1) + ":8080");
    }

    assertThat(proxied).containsExactlyElementsOf(compose.servicesOf("edge"));
    assertThat(compose.servicesOf("edge"))
        .allMatch(edge -> address.equals(compose.environment(edge).get("TAILRACE_EDGE_PROXIES")));
  }

  @Test
  void shouldOpenPortsOfThisMachineAlone() {
    services.forEach(
        (name, service) ->
            assertThat(texts(service, "ports")).as(name).allMatch(p -> p.startsWith("127.0.0.1:")));
  }

  /** With nothing to write to, as nobody, and with time to drain. */
  @Test
  void shouldConfineItsServersAndLetThemEnd() throws IOException {
    Duration drain = setting("edge.drain.delay").plus(setting("edge.drain.window")).plusSeconds(5);
    for (String part : List.of("edge", "dispatcher")) {
      for (String name : compose.servicesOf(part)) {
        Map<?, ?> service = services.get(name);
        assertThat(service.get("read_only")).as(name).isEqualTo(true);
        assertThat(text(service, "user")).as(name).isEqualTo("10001:10001");
        assertThat(texts(service, "cap_drop")).as(name).contains("ALL");
        assertThat(seconds(text(service, "stop_grace_period")))
            .as(name)
            .isGreaterThan(part.equals("edge") ? drain : setting("dispatcher.settle.timeout"));
      }
    }
  }

  private static Duration setting(String key) throws IOException {
    String row =
        Docs.page("docs/configuration.md")
            .lines()
            .filter(line -> line.startsWith("| `" + key + "` |"))
            .findFirst()
            .orElseThrow();
    return seconds(row.split("\\|", -1)[2].replace("`", "").strip());
  }

  private static Duration seconds(String text) {
    return Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
  }

  /** The alarms and dashboards go by the jobs' names. */
  @Test
  void shouldScrapeWithTheToken() throws IOException {
    Map<?, ?> prometheus =
        new Yaml().load(Files.readString(ComposeFile.FOLDER.resolve("prometheus.yml")));
    List<Map<?, ?>> jobs = new ArrayList<>();
    ((List<?>) prometheus.get("scrape_configs")).forEach(job -> jobs.add((Map<?, ?>) job));

    assertThat(jobs.stream().map(job -> text(job, "job_name")))
        .containsExactly("tailrace-edge", "tailrace-dispatcher");
    assertThat(
            jobs.stream()
                .map(job -> (Map<?, ?>) job.get("authorization"))
                .map(authorization -> text(authorization, "credentials_file")))
        .containsOnly(SECRETS + "operator-token");
    assertThat(texts(services.get("prometheus"), "secrets")).contains("operator-token");
  }

  private static String text(Map<?, ?> service, String key) {
    return String.valueOf(service.get(key));
  }

  private static List<String> texts(Map<?, ?> service, String key) {
    return service.get(key) instanceof List<?> list
        ? list.stream().map(Object::toString).toList()
        : List.of();
  }

  private static Stream<String> found(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(match -> match.group(1));
  }
}
