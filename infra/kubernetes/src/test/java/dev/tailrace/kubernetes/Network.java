package dev.tailrace.kubernetes;

import dev.tailrace.kubernetes.Manifests.Manifest;
import dev.tailrace.kubernetes.Manifests.Pod;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * What network policies let through: to and from pods of a namespace that is ours or another's, and
 * addresses. Pods with no policy may do everything, with one only what some policy says.
 */
record Network(Manifests manifests) {
  /** The other side. */
  sealed interface Peer {}

  /** A pod, by the name of its namespace and its labels. */
  record Other(String namespace, Map<String, String> labels) implements Peer {
    static Other of(Pod pod) {
      return new Other(pod.namespace(), pod.labels());
    }
  }

  /** An IPv4 address outside the cluster. */
  record Address(String ip) implements Peer {}

  private static final String NAMESPACE = "kubernetes.io/metadata.name";

  boolean admits(Pod pod, Peer from, int port, String protocol) {
    return lets(pod, "Ingress", "ingress", "from", from, port, protocol);
  }

  boolean mayReach(Pod pod, Peer to, int port, String protocol) {
    return lets(pod, "Egress", "egress", "to", to, port, protocol);
  }

  /** Policies that hold for a pod in a direction. */
  List<Manifest> policies(Pod pod, String type) {
    return manifests.of("NetworkPolicy").stream()
        .filter(one -> one.namespace().equals(pod.namespace()))
        .filter(one -> Manifests.selects(one.at("/spec/podSelector/matchLabels"), pod.labels()))
        .filter(
            one ->
                Manifests.stream(one.at("/spec/policyTypes"))
                    .anyMatch(word -> word.asString("").equals(type)))
        .toList();
  }

  private boolean lets(
      Pod pod, String type, String rules, String side, Peer peer, int port, String protocol) {
    List<Manifest> policies = policies(pod, type);
    return policies.isEmpty()
        || policies.stream()
            .flatMap(policy -> Manifests.stream(policy.at("/spec/" + rules)))
            .filter(rule -> covers(rule.path("ports"), port, protocol))
            .anyMatch(
                rule ->
                    rule.path(side).isEmpty()
                        || Manifests.stream(rule.path(side))
                            .anyMatch(one -> matches(one, peer, pod.namespace())));
  }

  private static boolean covers(JsonNode ports, int port, String protocol) {
    return ports.isEmpty()
        || Manifests.stream(ports)
            .anyMatch(
                one ->
                    one.path("port").asInt(-1) == port
                        && one.path("protocol").asString("TCP").equals(protocol));
  }

  private static boolean matches(JsonNode one, Peer peer, String own) {
    return switch (peer) {
      case Address(String ip) ->
          within(ip, one.at("/ipBlock/cidr").asString(""))
              && Manifests.stream(one.at("/ipBlock/except"))
                  .noneMatch(except -> within(ip, except.asString("")));
      case Other(String namespace, Map<String, String> labels) ->
          !one.has("ipBlock")
              && (one.has("namespaceSelector")
                  ? Manifests.selects(
                      one.at("/namespaceSelector/matchLabels"), Map.of(NAMESPACE, namespace))
                  : namespace.equals(own))
              && Manifests.selects(one.at("/podSelector/matchLabels"), labels);
    };
  }

  private static boolean within(String ip, String cidr) {
    if (cidr.isEmpty()) {
      return false;
    }
    String[] parts = cidr.split("/", 2);
    long mask = (-1L << (32 - Integer.parseInt(parts[1]))) & 0xffffffffL;
    return (number(ip) & mask) == (number(parts[0]) & mask);
  }

  private static long number(String ip) {
    long number = 0;
    for (String part : ip.split("\\.", -1)) {
      number = (number << 8) | Integer.parseInt(part);
    }
    return number;
  }
}
