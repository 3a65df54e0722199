package dev.tailrace.kubernetes;

import dev.tailrace.edge.config.DrainConfig;
import dev.tailrace.kubernetes.Manifests.Manifest;
import dev.tailrace.kubernetes.Manifests.Pod;
import dev.tailrace.support.config.Setting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** How pods end, and how many may. */
final class StopRules {
  /** For the process to stop when all connections have ended, and kubelets to be late. */
  private static final Duration MARGIN = Duration.ofSeconds(5);

  private StopRules() {}

  /** A setting of the overlay, or what it is without one. */
  static Duration duration(Manifests manifests, String key, String otherwise) {
    return Setting.duration(key, otherwise, key)
        .parser()
        .apply(manifests.settings().getOrDefault(key, otherwise));
  }

  static List<String> drain(Manifests manifests) {
    List<String> broken = new ArrayList<>();
    for (Pod pod : manifests.pods()) {
      Duration needed =
          switch (pod.component()) {
            case "edge" ->
                duration(manifests, "edge.drain.delay", "5s")
                    .plus(duration(manifests, "edge.drain.window", "30s"))
                    .plus(DrainConfig.GRACE);
            case "dispatcher" -> duration(manifests, "dispatcher.settle.timeout", "2s");
            default -> Duration.ZERO;
          };
      int grace = pod.spec().path("terminationGracePeriodSeconds").asInt(30);
      if (needed.plus(MARGIN).toSeconds() > grace) {
        broken.add(
            "%s is killed after %d s, and needs %d s and a margin"
                .formatted(pod, grace, needed.toSeconds()));
      }
      if (PodRules.containers(pod).stream().anyMatch(one -> one.has("lifecycle"))) {
        broken.add(pod + " has a hook before its end, within the time that its drain needs");
      }
    }
    for (Manifest one : manifests.of("Deployment")) {
      JsonNode rollout = one.at("/spec/strategy/rollingUpdate");
      if (!rollout.path("maxUnavailable").asString("").equals("0")) {
        broken.add(one + " is taken away before another is ready");
      }
    }
    for (Manifest scaler : manifests.of("HorizontalPodAutoscaler")) {
      JsonNode down = scaler.at("/spec/behavior/scaleDown");
      int grace =
          manifests.find("Deployment", scaler.at("/spec/scaleTargetRef/name").asString("")).stream()
              .mapToInt(one -> one.at("/spec/template/spec/terminationGracePeriodSeconds").asInt())
              .findFirst()
              .orElse(0);
      if (down.path("stabilizationWindowSeconds").asInt() < grace
          || Manifests.stream(down.path("policies"))
              .anyMatch(one -> one.path("periodSeconds").asInt() < grace)
          || down.path("policies").isEmpty()) {
        broken.add(scaler + " takes one away while another drains");
      }
    }
    return broken;
  }

  static List<String> disruption(Manifests manifests) {
    List<String> broken = new ArrayList<>();
    for (Manifest deployment : manifests.of("Deployment")) {
      int replicas = leastReplicas(manifests, deployment);
      if (replicas < 2) {
        broken.add(deployment + " has one pod at times: nothing is there while it goes");
      }
      List<Manifest> budgets =
          manifests.of("PodDisruptionBudget").stream()
              .filter(
                  one ->
                      Manifests.selects(
                          one.at("/spec/selector/matchLabels"),
                          Manifests.strings(deployment.at("/spec/template/metadata/labels"))))
              .toList();
      if (budgets.size() != 1) {
        broken.add("%s has %d disruption budgets".formatted(deployment, budgets.size()));
      }
      for (Manifest budget : budgets) {
        if (budget.at("/spec/maxUnavailable").asInt(0) < 1
            || budget.at("/spec").has("minAvailable")) {
          broken.add(budget + " lets no machine be emptied");
        }
        if (!budget.at("/spec/unhealthyPodEvictionPolicy").asString("").equals("AlwaysAllow")) {
          broken.add(budget + " keeps a machine for a pod that is not ready");
        }
      }
      Set<String> spread =
          Manifests.stream(deployment.at("/spec/template/spec/topologySpreadConstraints"))
              .filter(
                  one ->
                      Manifests.selects(
                          one.at("/labelSelector/matchLabels"),
                          Manifests.strings(deployment.at("/spec/template/metadata/labels"))))
              .map(one -> one.path("topologyKey").asString(""))
              .collect(Collectors.toSet());
      if (!spread.containsAll(Set.of("topology.kubernetes.io/zone", "kubernetes.io/hostname"))) {
        broken.add(deployment + " may be in one zone, or on one machine");
      }
    }
    return broken;
  }

  /** Where scaling says how many there are, the manifest does not. */
  private static int leastReplicas(Manifests manifests, Manifest deployment) {
    return manifests.of("HorizontalPodAutoscaler").stream()
        .filter(one -> one.at("/spec/scaleTargetRef/name").asString("").equals(deployment.name()))
        .mapToInt(one -> one.at("/spec/minReplicas").asInt(1))
        .findFirst()
        .orElse(deployment.at("/spec/replicas").asInt(1));
  }
}
