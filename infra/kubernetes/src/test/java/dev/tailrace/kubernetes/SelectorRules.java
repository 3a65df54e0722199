package dev.tailrace.kubernetes;

import dev.tailrace.kubernetes.Manifests.Manifest;
import dev.tailrace.kubernetes.Manifests.Pod;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Who means whom, and by which port. */
final class SelectorRules {
  private SelectorRules() {}

  static List<String> selectors(Manifests manifests) {
    List<String> broken = new ArrayList<>();
    for (Pod pod : manifests.pods()) {
      if (pod.owner().kind().equals("Deployment")
          && !selected(manifests, pod.owner().at("/spec/selector/matchLabels"))
              .equals(List.of(pod))) {
        broken.add(pod + " does not select its own pods, and no others");
      }
      if (!Manifests.strings(pod.owner().at("/metadata/labels")).equals(pod.labels())) {
        broken.add(pod + " is labelled otherwise than its pods");
      }
    }
    for (Manifest service : manifests.of("Service")) {
      if (selected(manifests, service.at("/spec/selector")).size() != 1) {
        broken.add(service + " does not lead to the pods of one kind");
      }
    }
    for (Manifest budget : manifests.of("PodDisruptionBudget")) {
      if (selected(manifests, budget.at("/spec/selector/matchLabels")).size() != 1) {
        broken.add(budget + " is not of one kind of pods");
      }
    }
    for (Manifest policy : manifests.of("NetworkPolicy")) {
      if (selected(manifests, policy.at("/spec/podSelector/matchLabels")).isEmpty()) {
        broken.add(policy + " is of no pods");
      }
    }
    for (Manifest monitor : manifests.of("ServiceMonitor")) {
      if (monitored(manifests, monitor).isEmpty()) {
        broken.add(monitor + " finds no port");
      }
    }
    for (Manifest scaler : manifests.of("HorizontalPodAutoscaler")) {
      if (manifests
          .find(
              scaler.at("/spec/scaleTargetRef/kind").asString(""),
              scaler.at("/spec/scaleTargetRef/name").asString(""))
          .filter(one -> one.at("/apiVersion").equals(scaler.at("/spec/scaleTargetRef/apiVersion")))
          .isEmpty()) {
        broken.add(scaler + " scales what is not there");
      }
    }
    manifests.all().stream()
        .filter(one -> !one.kind().equals("Namespace") && !one.namespace().equals("tailrace"))
        .forEach(one -> broken.add(one + " is in another namespace"));
    return broken;
  }

  static List<Pod> selected(Manifests manifests, JsonNode matchLabels) {
    return manifests.pods().stream()
        .filter(pod -> Manifests.selects(matchLabels, pod.labels()))
        .toList();
  }

  /** A Service's port by its number in the pods that it leads to; -1 when there is none. */
  static int target(Manifests manifests, Manifest service, JsonNode port) {
    JsonNode target = port.has("targetPort") ? port.path("targetPort") : port.path("port");
    return selected(manifests, service.at("/spec/selector")).stream()
        .mapToInt(pod -> pod.port(target))
        .findFirst()
        .orElse(-1);
  }

  /** Services that a monitor takes its metrics from, and that have its port. */
  static List<Manifest> monitored(Manifests manifests, Manifest monitor) {
    return manifests.of("Service").stream()
        .filter(
            service ->
                Manifests.selects(monitor.at("/spec/selector/matchLabels"), service.labels()))
        .filter(
            service ->
                Manifests.stream(monitor.at("/spec/endpoints"))
                    .allMatch(
                        endpoint ->
                            Manifests.stream(service.at("/spec/ports"))
                                .anyMatch(port -> port.path("name").equals(endpoint.path("port")))))
        .toList();
  }

  static List<String> ports(Manifests manifests) {
    List<String> broken = new ArrayList<>();
    for (Manifest service : manifests.of("Service")) {
      for (JsonNode port : Manifests.stream(service.at("/spec/ports")).toList()) {
        int target = target(manifests, service, port);
        if (target < 0) {
          broken.add("%s leads to a port that is not there: %s".formatted(service, port));
        } else if (service.at("/spec/clusterIP").asString("").equals("None")
            && port.path("port").asInt() != target) {
          broken.add(
              "%s has no address of its own, so its port is to be %d".formatted(service, target));
        }
      }
    }
    Map<String, String> settings = manifests.settings();
    for (Pod pod : manifests.pods()) {
      for (JsonNode port : Manifests.stream(pod.spec().at("/containers/0/ports")).toList()) {
        String name = port.path("name").asString("");
        String key = name.equals("public") ? "edge.port" : pod.component() + ".operator.port";
        String set = settings.getOrDefault(key, byDefault(key));
        if (!set.equals(port.path("containerPort").asString(""))) {
          broken.add("%s listens at %s, not at its port %s".formatted(pod, set, name));
        }
      }
    }
    for (Pod command : manifests.pods("command")) {
      Manifests.stream(command.spec().at("/containers/0/args"))
          .map(word -> word.asString(""))
          .filter(word -> word.startsWith("http"))
          .map(URI::create)
          .filter(
              url ->
                  manifests.find("Service", url.getHost()).stream()
                      .noneMatch(
                          service ->
                              Manifests.stream(service.at("/spec/ports"))
                                  .anyMatch(port -> port.path("port").asInt() == url.getPort())))
          .forEach(url -> broken.add("%s asks %s, which is not there".formatted(command, url)));
    }
    return broken;
  }

  private static String byDefault(String key) {
    return SettingRules.KNOWN.stream()
        .filter(one -> one.key().equals(key))
        .map(one -> one.defaultText())
        .findFirst()
        .orElseThrow();
  }
}
