package dev.tailrace.kubernetes;

import dev.tailrace.dispatcher.metrics.DispatcherMetrics;
import dev.tailrace.edge.metrics.EdgeMetrics;
import dev.tailrace.kubernetes.Manifests.Manifest;
import dev.tailrace.kubernetes.Manifests.Pod;
import io.kubernetes.client.custom.Quantity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** How many there are, and how large each is. */
final class ScalingRules {
  private static final Pattern FAMILY = Pattern.compile("(?m)^# TYPE (tailrace_\\w+) ");
  private static final Pattern NAMED = Pattern.compile("\\b(tailrace_\\w+)");
  private static final int MIB = 1 << 20;

  /** As docs/sizing.md counts: of the connections, and of the memory for partition logs. */
  private static final double SLOW_SHARE = 0.01;

  private static final double LOG_SHARE = 0.1;

  private ScalingRules() {}

  static List<String> scaling(Manifests manifests) {
    List<String> broken = new ArrayList<>();
    Set<String> exported = exported();
    for (Manifest scaler : manifests.of("HorizontalPodAutoscaler")) {
      metrics(scaler).stream()
          .filter(name -> !exported.contains(name))
          .forEach(name -> broken.add(scaler + " goes by " + name + ", which nothing exports"));
      int least = scaler.at("/spec/minReplicas").asInt(1);
      int most = scaler.at("/spec/maxReplicas").asInt();
      if (most <= least) {
        broken.add(scaler + " scales nothing");
      }
      String name = scaler.at("/spec/scaleTargetRef/name").asString("");
      manifests
          .find("Deployment", name)
          .filter(one -> one.at("/spec").has("replicas"))
          .ifPresent(one -> broken.add(one + " is set back to its replicas at every apply"));
      if (name.equals("tailrace-dispatcher")
          && most > number(manifests, "topics.ingress.partitions", 8)) {
        broken.add(scaler + " has more dispatchers than there are ingress partitions");
      }
      connections(scaler)
          .filter(
              target ->
                  target.longValue() * 3 > number(manifests, "edge.max.connections", 15_000) * 2L)
          .ifPresent(
              target -> broken.add(scaler + " leaves no room for the connections of a zone"));
    }
    return broken;
  }

  private static Optional<BigDecimal> connections(Manifest scaler) {
    return Manifests.stream(scaler.at("/spec/metrics"))
        .filter(one -> one.at("/pods/metric/name").asString("").equals("tailrace_edge_connections"))
        .map(one -> one.at("/pods/target/averageValue").asString(""))
        .map(text -> Quantity.fromString(text).getNumber())
        .findFirst();
  }

  static List<String> metrics(Manifest scaler) {
    return Manifests.stream(scaler.at("/spec/metrics"))
        .map(one -> one.at("/pods/metric/name").asString("none"))
        .toList();
  }

  /** Rules of the adapter that read what nothing exports, and metrics that no rule serves. */
  static List<String> served(Manifests manifests, JsonNode rules) {
    List<String> broken = new ArrayList<>();
    Set<String> served = new TreeSet<>();
    Set<String> exported = exported();
    for (JsonNode rule : Manifests.stream(rules.at("/rules/custom")).toList()) {
      String series = rule.path("seriesQuery").asString("");
      String found = named(series).findFirst().orElse("");
      served.add(rule.at("/name/as").asString(found));
      Stream.concat(named(series), named(rule.path("metricsQuery").asString("")))
          .map(name -> exported.contains(name) ? name : name.replaceFirst("_(sum|count)$", ""))
          .filter(name -> !exported.contains(name))
          .forEach(name -> broken.add("the adapter reads " + name + ", which nothing exports"));
      if (!rule.path("metricsQuery").asString("").contains(found)) {
        broken.add("the adapter finds " + found + ", and asks for another");
      }
    }
    for (Manifest scaler : manifests.of("HorizontalPodAutoscaler")) {
      metrics(scaler).stream()
          .filter(name -> !served.contains(name))
          .forEach(name -> broken.add(scaler + " goes by " + name + ", which nobody serves"));
    }
    return broken;
  }

  private static Stream<String> named(String query) {
    return NAMED.matcher(query).results().map((MatchResult one) -> one.group(1));
  }

  /** As the processes do it. */
  static Set<String> exported() {
    try (EdgeMetrics edge = new EdgeMetrics();
        DispatcherMetrics dispatcher = new DispatcherMetrics()) {
      edge.connections().opened("sse");
      return Stream.of(edge.scrape(), dispatcher.scrape())
          .flatMap(text -> FAMILY.matcher(text).results())
          .map((MatchResult one) -> one.group(1))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  static List<String> memory(Manifests manifests) {
    List<String> broken = new ArrayList<>();
    int connections = number(manifests, "edge.max.connections", 15_000);
    double kernel = cost("kernel_kib_per_connection") / 1024;
    double slow = SLOW_SHARE * cost("kernel_mib_per_slow_connection");
    double each = cost("rss_kib_per_connection") / 1024 + kernel + slow;
    double needed = (cost("edge_base_mib") + connections * each) / (1 - LOG_SHARE);
    for (Pod edge : manifests.pods("edge")) {
      String limit = edge.spec().at("/containers/0/resources/limits/memory").asString("0");
      long mib = Quantity.fromString(limit).getNumber().longValue() / MIB;
      if (mib < needed) {
        broken.add(
            "%s has %d MiB, and %d connections need %.0f"
                .formatted(edge, mib, connections, Math.ceil(needed)));
      }
    }
    return broken;
  }

  private static int number(Manifests manifests, String key, int otherwise) {
    String set = manifests.settings().get(key);
    return set == null ? otherwise : Integer.parseInt(set);
  }

  /** What was measured, as sizing has it. */
  private static double cost(String name) {
    try {
      Matcher value =
          Pattern.compile(name + "\\s*=\\s*\\{\\s*value\\s*=\\s*([0-9.]+)")
              .matcher(
                  Files.readString(
                      Kubectl.source().resolve("../../terraform/modules/sizing/costs.tf")));
      if (!value.find()) {
        throw new IllegalStateException("sizing has no " + name);
      }
      return Double.parseDouble(value.group(1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
