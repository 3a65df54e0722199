package dev.tailrace.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.tailrace.kubernetes.Manifests.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** What kubectl makes of the folders fits Kubernetes' schemas and breaks no policy. */
class ManifestsIT {
  private static final String PRODUCTION = "overlays/production";

  /** All that kustomize 2.0.3 has, which is in kubectl until 1.20; it refuses others. */
  private static final Set<String> FIELDS =
      Set.of(
          "apiVersion",
          "kind",
          "namespace",
          "namePrefix",
          "nameSuffix",
          "commonLabels",
          "commonAnnotations",
          "resources",
          "bases",
          "crds",
          "configurations",
          "configMapGenerator",
          "secretGenerator",
          "generatorOptions",
          "patchesStrategicMerge",
          "patchesJson6902",
          "images",
          "vars");

  /** Of others it does not know which lists have keys: it replaces them. */
  private static final Set<String> MERGED = Set.of("v1", "apps/v1");

  private static final Pattern DIGEST = Pattern.compile("\\btailrace-[0-9a-z]{10}\\b");

  @BeforeAll
  static void findKubectl() {
    assumeFalse(Kubectl.all().isEmpty(), Kubectl.MISSING);
  }

  static Stream<String> folders() throws IOException {
    return Stream.concat(Stream.of("base", "monitoring"), Kubectl.overlays().stream());
  }

  static Stream<Arguments> policies() throws IOException {
    return Kubectl.overlays().stream()
        .flatMap(one -> Stream.of(Policy.values()).map(policy -> Arguments.of(one, policy)));
  }

  /** The names' digests aside, which each version makes in its own way. */
  @ParameterizedTest
  @MethodSource("folders")
  void shouldBeTheSameToEveryKubectl(String folder) throws Exception {
    List<Set<String>> rendered = new ArrayList<>();
    for (Kubectl kubectl : Kubectl.all()) {
      Set<String> manifests = new TreeSet<>();
      Manifests.parse(
              DIGEST
                  .matcher(kubectl.kustomize(Kubectl.source().resolve(folder)))
                  .replaceAll("tailrace"))
          .all()
          .forEach(one -> manifests.add(one.root().toPrettyString()));
      rendered.add(manifests);
    }

    assertThat(rendered)
        .allSatisfy(one -> assertThat(one).isNotEmpty().isEqualTo(rendered.getFirst()));
  }

  @ParameterizedTest
  @MethodSource("folders")
  void shouldFitTheSchemas(String folder) throws Exception {
    assertThat(Policy.SCHEMA.violations(Rendered.of(folder))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("policies")
  void shouldBreakNoPolicy(String overlay, Policy policy) throws Exception {
    assertThat(policy.violations(Rendered.of(overlay))).isEmpty();
  }

  /** So that no policy holds for want of anything to look at. */
  @Test
  void shouldMakeAllThatPoliciesLookAt() throws Exception {
    assertThat(Kubectl.overlays()).contains("overlays/small", PRODUCTION);
    for (String overlay : Kubectl.overlays()) {
      assertThat(Rendered.of(overlay).all())
          .as(overlay)
          .extracting(Manifest::kind)
          .contains(
              "Namespace",
              "ServiceAccount",
              "ConfigMap",
              "Service",
              "Deployment",
              "CronJob",
              "PodDisruptionBudget",
              "NetworkPolicy");
      assertThat(Rendered.of(overlay).pods())
          .extracting(Manifests.Pod::component)
          .containsExactlyInAnyOrder("edge", "dispatcher", "command");
    }
    assertThat(Rendered.of(PRODUCTION).of("HorizontalPodAutoscaler")).hasSize(2);
    assertThat(Rendered.of(PRODUCTION).of("ServiceMonitor")).hasSize(2);
  }

  /** A cluster without the Prometheus operator takes it. */
  @Test
  void shouldBeOfKindsThatEveryClusterHas() throws Exception {
    for (String folder : List.of("base", "overlays/small")) {
      assertThat(Rendered.of(folder).all())
          .as(folder)
          .extracting(one -> one.at("/apiVersion").asString(""))
          .noneMatch(version -> version.contains("monitoring.coreos.com"));
    }
  }

  @Test
  void shouldBeReadByAnOldKubectl() throws IOException {
    List<String> unread = new ArrayList<>();
    for (Path file : Kubectl.files()) {
      if (file.getFileName().toString().equals("kustomization.yaml")) {
        unread.addAll(unread(file));
      }
    }

    assertThat(unread).isEmpty();
  }

  private static List<String> unread(Path file) throws IOException {
    List<String> unread = new ArrayList<>();
    JsonNode kustomization = Rendered.file(file.toString());
    kustomization.propertyNames().stream()
        .filter(field -> !FIELDS.contains(field))
        .forEach(field -> unread.add(file + " has " + field));
    Manifests.stream(kustomization.path("resources"))
        .filter(one -> Files.isDirectory(file.resolveSibling(one.asString(""))))
        .forEach(one -> unread.add(file + " has a folder among its resources: " + one));
    for (JsonNode patch : Manifests.stream(kustomization.path("patchesStrategicMerge")).toList()) {
      String patched = file.resolveSibling(patch.asString("")).toString();
      String version = Rendered.file(patched).path("apiVersion").asString("");
      if (!MERGED.contains(version)) {
        unread.add(file + " merges into a kind of " + version + ", whose lists would be replaced");
      }
    }
    return unread;
  }

  @Test
  void shouldScaleOnWhatTheAdapterServes() throws Exception {
    JsonNode rules = Rendered.file(PRODUCTION + "/adapter-rules.yaml");

    assertThat(ScalingRules.served(Rendered.of(PRODUCTION), rules)).isEmpty();
    assertThat(Rendered.of(PRODUCTION).of("HorizontalPodAutoscaler"))
        .flatExtracting(ScalingRules::metrics)
        .contains("tailrace_edge_connections", "tailrace_edge_delivered_bytes_total");
  }

  @Test
  void shouldRefuseRulesThatServeNothing() throws Exception {
    JsonNode rules = Rendered.file(PRODUCTION + "/adapter-rules.yaml");
    Edit.put(
        rules, "/rules/custom/0/seriesQuery", rules.at("/rules/custom/1/seriesQuery").deepCopy());

    assertThat(ScalingRules.served(Rendered.of(PRODUCTION), rules))
        .containsExactlyInAnyOrder(
            "the adapter finds tailrace_edge_delivered_bytes_total, and asks for another",
            "HorizontalPodAutoscaler/tailrace-edge goes by tailrace_edge_connections, which nobody"
                + " serves");
  }

  @Test
  void shouldHoldNoSecret() throws IOException {
    List<String> secrets = new ArrayList<>();
    for (Path file : Kubectl.files()) {
      secrets.addAll(SettingRules.suspicious(file.toString(), Files.readString(file)));
    }

    assertThat(secrets).isEmpty();
  }

  /** That of a million users in the table of docs/sizing.md. */
  @Test
  void shouldBeAsLargeAsSizingSays() throws Exception {
    Manifests production = Rendered.of(PRODUCTION);
    Matcher row =
        Pattern.compile(
                "(?m)^\\| 1 million \\| [^|]+ \\| 1 \\| (\\d+) \\| \\d+ \\| (\\d+), (\\d+), (\\d+)"
                    + " \\|")
            .matcher(Files.readString(Kubectl.source().resolve("../../docs/sizing.md")));

    assertThat(row.find()).isTrue();
    assertThat(
            production
                .find("HorizontalPodAutoscaler", "tailrace-edge")
                .orElseThrow()
                .at("/spec/maxReplicas")
                .asInt())
        .isEqualTo(Integer.parseInt(row.group(1)));
    assertThat(production.settings())
        .containsEntry("topics.ingress.partitions", row.group(2))
        .containsEntry("topics.users.partitions", row.group(3))
        .containsEntry("topics.channels.partitions", row.group(4));
  }

  /** Who applies it has to make them: nothing starts without. */
  @Test
  void shouldSayHowEverySecretIsMade() throws Exception {
    String readme = Files.readString(Kubectl.source().resolve("README.md"));
    for (String overlay : Kubectl.overlays()) {
      for (Manifests.Pod pod : Rendered.of(overlay).pods()) {
        Manifests.stream(pod.spec().path("volumes"))
            .filter(volume -> volume.has("secret"))
            .map(volume -> volume.at("/secret/secretName").asString(""))
            .forEach(name -> assertThat(readme).contains("secret generic " + name));
      }
    }
  }
}
