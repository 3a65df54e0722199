package dev.tailrace.kubernetes;

import dev.tailrace.kubernetes.Manifests.Manifest;
import dev.tailrace.kubernetes.Manifests.Pod;
import dev.tailrace.kubernetes.Network.Address;
import dev.tailrace.kubernetes.Network.Other;
import dev.tailrace.kubernetes.Network.Peer;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/** Who reaches whom: what the settings and Services need, and nothing besides. */
final class NetworkRules {
  private static final String NAME = "app.kubernetes.io/name";
  private static final Other PROMETHEUS = new Other("monitoring", Map.of(NAME, "prometheus"));
  private static final Other NAMES = new Other("kube-system", Map.of("k8s-app", "kube-dns"));
  private static final Other SOMEBODY = new Other("default", Map.of(NAME, "somebody"));
  private static final Address INTERNET = new Address("203.0.113.7");

  /** What tells a machine's own rights to whoever asks. */
  private static final Address METADATA = new Address("169.254.169.254");

  private static final Pattern IN_CLUSTER =
      Pattern.compile("[a-z0-9-]+\\.([a-z0-9-]+)(\\.svc(\\.cluster\\.local)?)?");
  private static final int DNS = 53;
  private static final int HTTPS = 443;
  private static final int SSH = 22;

  private final Manifests manifests;
  private final Network network;
  private final List<String> broken = new ArrayList<>();

  private NetworkRules(Manifests manifests) {
    this.manifests = manifests;
    this.network = new Network(manifests);
  }

  static List<String> violations(Manifests manifests) {
    NetworkRules rules = new NetworkRules(manifests);
    manifests.pods().forEach(rules::closed);
    manifests.pods().forEach(rules::kafka);
    rules.operatorPorts();
    rules.publicPort();
    rules.keys();
    return rules.broken;
  }

  /** Closed but for what is said; names can be resolved. */
  private void closed(Pod pod) {
    for (String type : List.of("Ingress", "Egress")) {
      require(
          !network.policies(pod, type).isEmpty(), "%s has no policy of %s".formatted(pod, type));
    }
    require(!network.admits(pod, SOMEBODY, SSH, "TCP"), pod + " lets anybody in");
    require(!network.mayReach(pod, SOMEBODY, SSH, "TCP"), pod + " may reach anybody");
    require(!network.mayReach(pod, METADATA, 80, "TCP"), pod + " may ask its machine");
    require(!network.mayReach(pod, METADATA, HTTPS, "TCP"), pod + " may ask its machine");
    for (String protocol : List.of("TCP", "UDP")) {
      require(
          network.mayReach(pod, NAMES, DNS, protocol),
          "%s cannot resolve names, %s".formatted(pod, protocol));
    }
    for (Manifest policy : network.policies(pod, "Ingress")) {
      Manifests.stream(policy.at("/spec/ingress"))
          .flatMap(rule -> Manifests.stream(rule.path("ports")))
          .filter(port -> pod.port(port.path("port")) < 0)
          .forEach(
              port ->
                  require(false, "%s opens a port of %s that is not there".formatted(policy, pod)));
    }
  }

  /** All brokers of the settings, at their ports. */
  private void kafka(Pod pod) {
    for (String broker :
        manifests.settings().getOrDefault("kafka.bootstrap.servers", "").split(",", -1)) {
      String[] parts = broker.trim().split(":", 2);
      int port = parts.length < 2 ? -1 : Integer.parseInt(parts[1]);
      boolean inCluster = IN_CLUSTER.matcher(parts[0]).matches();
      require(
          inCluster
              ? network.mayReach(pod, new Other(namespaceOf(parts[0]), Map.of()), port, "TCP")
              : opensToAddresses(pod, port),
          "%s may not reach %s".formatted(pod, broker));
      require(
          !network.mayReach(pod, SOMEBODY, port, "TCP"),
          "%s may reach anybody's port %d".formatted(pod, port));
    }
  }

  /** Where brokers outside have their addresses only the overlay knows: some rule is to say so. */
  private boolean opensToAddresses(Pod pod, int port) {
    return network.policies(pod, "Egress").stream()
        .flatMap(policy -> Manifests.stream(policy.at("/spec/egress")))
        .flatMap(rule -> Manifests.stream(rule.path("to")))
        .map(to -> to.at("/ipBlock/cidr").asString(""))
        .filter(cidr -> !cidr.isEmpty())
        .map(cidr -> new Address(cidr.replaceFirst("/.*", "")))
        .anyMatch(address -> network.mayReach(pod, address, port, "TCP"));
  }

  private static String namespaceOf(String host) {
    return IN_CLUSTER.matcher(host).replaceFirst("$1");
  }

  private void operatorPorts() {
    for (Manifest service : manifests.of("Service")) {
      for (JsonNode port : Manifests.stream(service.at("/spec/ports")).toList()) {
        if (!port.path("name").asString("").equals("operator")) {
          continue;
        }
        int target = SelectorRules.target(manifests, service, port);
        for (Pod pod : SelectorRules.selected(manifests, service.at("/spec/selector"))) {
          require(network.admits(pod, PROMETHEUS, target, "TCP"), pod + " is not scraped");
          require(
              !network.admits(pod, SOMEBODY, target, "TCP")
                  && !network.admits(pod, INTERNET, target, "TCP"),
              pod + " shows its operator port to anybody");
          for (Pod command : manifests.pods("command")) {
            require(
                network.admits(pod, Other.of(command), target, "TCP")
                    && network.mayReach(command, Other.of(pod), target, "TCP"),
                "%s is not reached by %s".formatted(pod, command));
          }
        }
      }
    }
  }

  /**
   * A Service that clients come by is reached from the internet, or from some namespace's proxy.
   */
  private void publicPort() {
    for (Pod edge : manifests.pods("edge")) {
      int port = edge.port(StringNode.valueOf("public"));
      Peer client =
          manifests.of("Service").stream()
                  .anyMatch(one -> one.at("/spec/type").asString("").equals("LoadBalancer"))
              ? INTERNET
              : new Other("ingress", Map.of());
      require(network.admits(edge, client, port, "TCP"), edge + " is not reached by clients");
      if (!client.equals(INTERNET)) {
        require(
            !network.admits(edge, SOMEBODY, port, "TCP"),
            edge + " speaks plain text to anybody, and believes them whose address it is");
      }
    }
  }

  private void keys() {
    String url = manifests.settings().getOrDefault("auth.jwks.url", "");
    for (Pod pod : manifests.pods()) {
      boolean fetches = pod.component().equals("edge") && !url.isEmpty();
      int port = fetches && URI.create(url).getPort() > 0 ? URI.create(url).getPort() : HTTPS;
      require(
          network.mayReach(pod, INTERNET, port, "TCP") == fetches,
          pod + (fetches ? " cannot fetch the keys of tokens" : " may reach the internet"));
    }
  }

  private void require(boolean holds, String otherwise) {
    if (!holds) {
      broken.add(otherwise);
    }
  }
}
