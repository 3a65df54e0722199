package dev.tailrace.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each policy refuses what it is there to refuse: the production overlay, broken in one place. */
class PolicyIT {
  private static final String POD = "/spec/template/spec";
  private static final String CONTAINER = POD + "/containers/0";
  private static final String JOB = "/spec/jobTemplate/spec/template/spec";

  /** policy; kind and name; where; what is put there, nothing takes it away; what is said. */
  private static final String BROKEN =
      """
      SCHEMA | Deployment/tailrace-edge | POD/topologySpreadConstraints/0/maxSkw | 1 | Deployment/tailrace-edge/spec/template/spec/topologySpreadConstraints/0/maxSkw is not known
      SCHEMA | Deployment/tailrace-edge | POD/terminationGracePeriodSeconds | "660" | is to be Long
      SCHEMA | Deployment/tailrace-edge | CONTAINER/name | | /containers/0 has no name
      SCHEMA | Deployment/tailrace-edge | CONTAINER/resources/limits/memory | "6 GB" | is to be Quantity
      SCHEMA | Deployment/tailrace-edge | CONTAINER/args | "edge" | is to be a java.util.List
      SCHEMA | Deployment/tailrace-edge | POD/topologySpreadConstraints/0/whenUnsatisfiable | "Never" | is none of [DoNotSchedule, ScheduleAnyway]
      SCHEMA | NetworkPolicy/tailrace-kafka | /spec/egres | [] | NetworkPolicy/tailrace-kafka/spec/egres is not known
      SCHEMA | HorizontalPodAutoscaler/tailrace-edge | /apiVersion | "autoscaling/v2beta2" | is of a kind that is not known here
      SCHEMA | ServiceMonitor/tailrace-edge | /spec/endpoints/0/intervall | "15s" | /endpoints/0/intervall is not known
      SCHEMA | ServiceMonitor/tailrace-edge | /spec/endpoints/0/authorization/credentials | "token" | is to be an object
      CONFINED | Deployment/tailrace-edge | POD/automountServiceAccountToken | | Deployment/tailrace-edge has a token of the API
      CONFINED | Deployment/tailrace-edge | POD/enableServiceLinks | true | Deployment/tailrace-edge is given variables of Services, which it takes for settings
      CONFINED | Deployment/tailrace-edge | POD/serviceAccountName | "default" | Deployment/tailrace-edge has no account of its own without a token
      CONFINED | ServiceAccount/tailrace-edge | /automountServiceAccountToken | true | Deployment/tailrace-edge has no account of its own without a token
      CONFINED | Deployment/tailrace-edge | POD/securityContext/runAsUser | 0 | Deployment/tailrace-edge does not run as 10001
      CONFINED | Deployment/tailrace-edge | POD/securityContext/runAsNonRoot | false | Deployment/tailrace-edge does not run as 10001
      CONFINED | Deployment/tailrace-edge | POD/securityContext/fsGroup | | Deployment/tailrace-edge may not read its secrets
      CONFINED | Deployment/tailrace-edge | POD/securityContext/seccompProfile/type | "Unconfined" | Deployment/tailrace-edge may use every call of the kernel
      CONFINED | Deployment/tailrace-edge | POD/hostNetwork | true | Deployment/tailrace-edge shares with its machine: hostNetwork
      CONFINED | Deployment/tailrace-edge | POD/volumes/- | {"name":"all","hostPath":{"path":"/"}} | has a volume of another kind
      CONFINED | Deployment/tailrace-dispatcher | CONTAINER/securityContext/allowPrivilegeEscalation | | Deployment/tailrace-dispatcher may become more than it is
      CONFINED | Deployment/tailrace-dispatcher | CONTAINER/securityContext/readOnlyRootFilesystem | false | Deployment/tailrace-dispatcher may write to its image
      CONFINED | CronJob/tailrace-command | JOB/containers/0/securityContext/capabilities/drop | ["NET_RAW"] | CronJob/tailrace-command has capabilities
      CONFINED | CronJob/tailrace-command | JOB/containers/0/securityContext/runAsUser | 0 | CronJob/tailrace-command has a container of its own mind
      CONFINED | Namespace/tailrace | /metadata/labels/pod-security.kubernetes.io~1enforce | "baseline" | Namespace/tailrace lets other pods in
      RESOURCES | Deployment/tailrace-edge | CONTAINER/resources/requests/memory | "1Gi" | Deployment/tailrace-edge has memory that others may want back
      RESOURCES | Deployment/tailrace-edge | CONTAINER/resources/limits | | Deployment/tailrace-edge has no processors to count on, or to count
      RESOURCES | Deployment/tailrace-edge | CONTAINER/image | "tailrace:latest" | Deployment/tailrace-edge is of an image that may change
      RESOURCES | Deployment/tailrace-edge | CONTAINER/args/0 | "egde" | Deployment/tailrace-edge runs no command of tailrace
      RESOURCES | Deployment/tailrace-edge | POD/volumes/4/emptyDir/sizeLimit | | Deployment/tailrace-edge has no /tmp, or one without an end
      PROBES | Deployment/tailrace-edge | CONTAINER/startupProbe | | Deployment/tailrace-edge has no startupProbe of /healthz at its operator port
      PROBES | Deployment/tailrace-edge | CONTAINER/livenessProbe/httpGet/path | "/readyz" | Deployment/tailrace-edge has no livenessProbe of /healthz at its operator port
      PROBES | Deployment/tailrace-dispatcher | CONTAINER/readinessProbe/httpGet/port | "public" | Deployment/tailrace-dispatcher has no readinessProbe of /readyz at its operator port
      PROBES | Deployment/tailrace-edge | CONTAINER/readinessProbe/failureThreshold | 4 | Deployment/tailrace-edge is seen to drain after 20 s, when it has begun to end connections
      DRAIN | Deployment/tailrace-edge | POD/terminationGracePeriodSeconds | 620 | Deployment/tailrace-edge is killed after 620 s, and needs 620 s and a margin
      DRAIN | SETTING | edge.drain.window | 650s | Deployment/tailrace-edge is killed after 660 s, and needs 670 s and a margin
      DRAIN | SETTING | dispatcher.settle.timeout | 28s | Deployment/tailrace-dispatcher is killed after 30 s, and needs 28 s and a margin
      DRAIN | Deployment/tailrace-edge | CONTAINER/lifecycle | {"preStop":{"sleep":{"seconds":15}}} | has a hook before its end
      DRAIN | Deployment/tailrace-edge | /spec/strategy/rollingUpdate/maxUnavailable | 1 | Deployment/tailrace-edge is taken away before another is ready
      DRAIN | HorizontalPodAutoscaler/tailrace-edge | /spec/behavior/scaleDown/policies/0/periodSeconds | 60 | HorizontalPodAutoscaler/tailrace-edge takes one away while another drains
      SELECTORS | Deployment/tailrace-edge | /spec/selector/matchLabels/app.kubernetes.io~1component | | Deployment/tailrace-edge does not select its own pods, and no others
      SELECTORS | Deployment/tailrace-edge | /spec/template/metadata/labels/app.kubernetes.io~1part-of | "other" | Deployment/tailrace-edge is labelled otherwise than its pods
      SELECTORS | Service/tailrace | /spec/selector/app.kubernetes.io~1component | "edges" | Service/tailrace does not lead to the pods of one kind
      SELECTORS | PodDisruptionBudget/tailrace-edge | /spec/selector/matchLabels/app.kubernetes.io~1component | "edges" | PodDisruptionBudget/tailrace-edge is not of one kind of pods
      SELECTORS | NetworkPolicy/tailrace-edge-keys | /spec/podSelector/matchLabels/app.kubernetes.io~1component | "edges" | NetworkPolicy/tailrace-edge-keys is of no pods
      SELECTORS | ServiceMonitor/tailrace-edge | /spec/endpoints/0/port | "metrics" | ServiceMonitor/tailrace-edge finds no port
      SELECTORS | HorizontalPodAutoscaler/tailrace-edge | /spec/scaleTargetRef/name | "tailrace-edges" | HorizontalPodAutoscaler/tailrace-edge scales what is not there
      SELECTORS | Service/tailrace | /metadata/namespace | "default" | Service/tailrace is in another namespace
      DISRUPTION | HorizontalPodAutoscaler/tailrace-dispatcher | /spec/minReplicas | 1 | Deployment/tailrace-dispatcher has one pod at times: nothing is there while it goes
      DISRUPTION | PodDisruptionBudget/tailrace-edge | /spec/maxUnavailable | 0 | PodDisruptionBudget/tailrace-edge lets no machine be emptied
      DISRUPTION | PodDisruptionBudget/tailrace-edge | /spec/unhealthyPodEvictionPolicy | | PodDisruptionBudget/tailrace-edge keeps a machine for a pod that is not ready
      DISRUPTION | PodDisruptionBudget/tailrace-edge | GONE | | Deployment/tailrace-edge has 0 disruption budgets
      DISRUPTION | Deployment/tailrace-edge | POD/topologySpreadConstraints/1 | | Deployment/tailrace-edge may be in one zone, or on one machine
      DISRUPTION | Deployment/tailrace-edge | POD/topologySpreadConstraints/0/labelSelector/matchLabels/app.kubernetes.io~1component | "other" | Deployment/tailrace-edge may be in one zone, or on one machine
      PORTS | Service/tailrace | /spec/ports/0/targetPort | "https" | Service/tailrace leads to a port that is not there
      PORTS | Service/tailrace-edge-operator | /spec/ports/0/port | 80 | Service/tailrace-edge-operator has no address of its own, so its port is to be 8090
      PORTS | SETTING | edge.port | 8443 | Deployment/tailrace-edge listens at 8443, not at its port public
      PORTS | Deployment/tailrace-dispatcher | CONTAINER/ports/0/containerPort | 8090 | Deployment/tailrace-dispatcher listens at 8091, not at its port operator
      PORTS | CronJob/tailrace-command | JOB/containers/0/args/2 | "http://tailrace-edge:8090" | CronJob/tailrace-command asks http://tailrace-edge:8090, which is not there
      NETWORK | NetworkPolicy/tailrace-nothing | GONE | | CronJob/tailrace-command has no policy of Ingress
      NETWORK | NetworkPolicy/tailrace-names | /spec/egress/0/ports/0 | | Deployment/tailrace-edge cannot resolve names, UDP
      NETWORK | NetworkPolicy/tailrace-kafka | /spec/egress/0/ports/0/port | 9092 | Deployment/tailrace-edge may not reach kafka-1.example.com:9093
      NETWORK | NetworkPolicy/tailrace-kafka | /spec/egress/0/to | [] | Deployment/tailrace-edge may reach anybody's port 9093
      NETWORK | SETTING | kafka.bootstrap.servers | kafka.stream:9092 | Deployment/tailrace-dispatcher may not reach kafka.stream:9092
      NETWORK | NetworkPolicy/tailrace-edge-operator | /spec/ingress/0/ports/0/port | 8080 | Deployment/tailrace-edge is not scraped
      NETWORK | NetworkPolicy/tailrace-edge-operator | /spec/ingress/0/from | [] | Deployment/tailrace-edge shows its operator port to anybody
      NETWORK | NetworkPolicy/tailrace-command | GONE | | Deployment/tailrace-edge is not reached by CronJob/tailrace-command
      NETWORK | NetworkPolicy/tailrace-edge-public | GONE | | Deployment/tailrace-edge is not reached by clients
      NETWORK | NetworkPolicy/tailrace-edge-public | /spec/ingress/0/ports/- | {"protocol":"TCP","port":22} | NetworkPolicy/tailrace-edge-public opens a port of Deployment/tailrace-edge that is not there
      NETWORK | NetworkPolicy/tailrace-edge-keys | GONE | | Deployment/tailrace-edge cannot fetch the keys of tokens
      NETWORK | NetworkPolicy/tailrace-edge-keys | /spec/egress/0/to/0/ipBlock/except | [] | Deployment/tailrace-edge may ask its machine
      NETWORK | NetworkPolicy/tailrace-edge-keys | /spec/podSelector/matchLabels | {} | Deployment/tailrace-dispatcher may reach the internet
      SETTINGS | SETTING | edge.max.conections | 15000 | refuses unknown setting edge.max.conections
      SETTINGS | SETTING | edge.drain.window | ten minutes | refuses edge.drain.window: "ten minutes" is not a duration
      SETTINGS | SETTING | kafka.sasl.mechanisms | PLAIN | Kafka's clients know no kafka.sasl.mechanisms
      SETTINGS | SETTING | edge.tls.key | /run/secrets/tailrace/tls/key.pem | Deployment/tailrace-edge has no /run/secrets/tailrace/tls/key.pem (edge.tls.key)
      SETTINGS | SETTING | edge.heartbeat | 40s | Deployment/tailrace-edge refuses edge.http.idle.timeout is to be at least twice edge.heartbeat
      SETTINGS | SETTING | edge.host | 127.0.0.1 | nobody reaches edge.host
      SETTINGS | SETTING | operator.plaintext | false | operator ports are not opened without operator.plaintext and a token
      SETTINGS | SETTING | edge.plaintext | true | the public port is to have TLS, or edge.plaintext
      SETTINGS | Deployment/tailrace-dispatcher | POD/volumes/2/secret/items | [] | Deployment/tailrace-dispatcher has no
      SETTINGS | Deployment/tailrace-dispatcher | CONTAINER/env/0/value | "/etc/tailrace.properties" | Deployment/tailrace-dispatcher has no file where it looks for its settings
      SETTINGS | Deployment/tailrace-edge | CONTAINER/env/- | {"name":"TAILRACE_EDGE_HEARTBEAT","value":"20s"} | Deployment/tailrace-edge is given TAILRACE_EDGE_HEARTBEAT, whose spelling nobody checks
      SECRETS | SETTING | auth.hmac.secret | correct-horse-battery-staple-long-enough | the ConfigMap has a secret: auth.hmac.secret
      SECRETS | Deployment/tailrace-edge | CONTAINER/env/- | {"name":"X","value":"0123456789abcdef0123456789abcdef"} | has what looks like a secret
      SCALING | HorizontalPodAutoscaler/tailrace-edge | /spec/metrics/0/pods/metric/name | "tailrace_edge_conections" | goes by tailrace_edge_conections, which nothing exports
      SCALING | HorizontalPodAutoscaler/tailrace-edge | /spec/metrics/0/pods/target/averageValue | "12k" | HorizontalPodAutoscaler/tailrace-edge leaves no room for the connections of a zone
      SCALING | HorizontalPodAutoscaler/tailrace-dispatcher | /spec/maxReplicas | 12 | HorizontalPodAutoscaler/tailrace-dispatcher has more dispatchers than there are ingress partitions
      SCALING | HorizontalPodAutoscaler/tailrace-edge | /spec/maxReplicas | 12 | HorizontalPodAutoscaler/tailrace-edge scales nothing
      SCALING | Deployment/tailrace-edge | /spec/replicas | 3 | Deployment/tailrace-edge is set back to its replicas at every apply
      MEMORY | Deployment/tailrace-edge | CONTAINER/resources/limits/memory | "1Gi" | Deployment/tailrace-edge has 1024 MiB, and 15000 connections need
      """;

  private record Break(Policy policy, String where, String pointer, String value, String said) {
    static Break of(String line) {
      List<String> parts = Arrays.stream(line.split("\\|", 5)).map(String::trim).toList();
      String pointer =
          parts
              .get(2)
              .replaceFirst("^CONTAINER", CONTAINER)
              .replaceFirst("^POD", POD)
              .replaceFirst("^JOB", JOB)
              .replaceFirst("^GONE$", "");
      return new Break(
          Policy.valueOf(parts.get(0)), parts.get(1), pointer, parts.get(3), parts.get(4));
    }

    Manifests in(Manifests manifests) {
      if (where.equals("SETTING")) {
        return manifests.withSetting(pointer, value);
      }
      String[] named = where.split("/", 2);
      return manifests.with(named[0], named[1], pointer, value);
    }
  }

  @BeforeAll
  static void findKubectl() {
    assumeFalse(Kubectl.all().isEmpty(), Kubectl.MISSING);
  }

  static Stream<Arguments> broken() {
    return BROKEN.lines().map(Arguments::of);
  }

  @ParameterizedTest
  @MethodSource("broken")
  void shouldRefuse(String line) throws Exception {
    Break broken = Break.of(line);

    assertThat(broken.policy().violations(broken.in(Rendered.of("overlays/production"))))
        .anyMatch(said -> said.contains(broken.said()));
  }

  @Test
  void shouldRefuseSomethingByEachPolicy() {
    assertThat(BROKEN.lines().map(Break::of).map(Break::policy)).contains(Policy.values());
  }

  @Test
  void shouldRefuseASecretAmongTheManifests() throws Exception {
    Manifests with =
        Rendered.of("overlays/small")
            .and(
                "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"tailrace-tokens\"}}");

    assertThat(Policy.SECRETS.violations(with))
        .containsExactly("Secret/tailrace-tokens is a secret among what everybody reads");
  }

  /** Without TLS of its own it takes the proxy's word for whom a connection is from. */
  @Test
  void shouldRefuseAPlainPublicPortForAnybody() throws Exception {
    Manifests with =
        Rendered.of("overlays/small")
            .with("NetworkPolicy", "tailrace-edge-public", "/spec/ingress/0/from", "[]");

    assertThat(Policy.NETWORK.violations(with))
        .containsExactly(
            "Deployment/tailrace-edge speaks plain text to anybody, and believes them whose address"
                + " it is");
  }
}
