package dev.tailrace.kubernetes;

import dev.tailrace.kubernetes.Manifests.Manifest;
import dev.tailrace.kubernetes.Manifests.Pod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What holds for each pod by itself. */
final class PodRules {
  /** Whom the image runs as. */
  private static final int USER = 10001;

  private static final Pattern VERSIONED =
      Pattern.compile(".+(:[0-9]+\\.[0-9]+\\.[0-9]+[\\w.-]*|@sha256:[0-9a-f]{64})");
  private static final Set<String> COMMANDS = Set.of("edge", "dispatcher", "doctor");
  private static final Set<String> VOLUMES = Set.of("name", "configMap", "secret", "emptyDir");
  private static final JsonNode ALL = JsonMapper.shared().readTree("[\"ALL\"]");

  private PodRules() {}

  static List<String> confined(Manifests manifests) {
    List<String> broken = new ArrayList<>();
    for (Pod pod : manifests.pods()) {
      JsonNode spec = pod.spec();
      require(
          broken,
          isFalse(spec.path("automountServiceAccountToken")),
          pod + " has a token of the API");
      require(
          broken,
          isFalse(spec.path("enableServiceLinks")),
          pod + " is given variables of Services, which it takes for settings");
      Optional<Manifest> account =
          manifests.find("ServiceAccount", spec.path("serviceAccountName").asString(""));
      require(
          broken,
          account.filter(one -> isFalse(one.at("/automountServiceAccountToken"))).isPresent(),
          pod + " has no account of its own without a token");
      require(
          broken,
          isTrue(spec.at("/securityContext/runAsNonRoot"))
              && spec.at("/securityContext/runAsUser").asInt() == USER,
          pod + " does not run as " + USER);
      require(
          broken,
          spec.at("/securityContext/fsGroup").asInt() == USER,
          pod + " may not read its secrets");
      require(
          broken,
          spec.at("/securityContext/seccompProfile/type").asString("").equals("RuntimeDefault"),
          pod + " may use every call of the kernel");
      for (String shared : List.of("hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace")) {
        require(broken, !spec.has(shared), pod + " shares with its machine: " + shared);
      }
      Manifests.stream(spec.path("volumes"))
          .filter(volume -> !VOLUMES.containsAll(volume.propertyNames()))
          .forEach(
              volume -> broken.add("%s has a volume of another kind: %s".formatted(pod, volume)));
      containers(pod).forEach(container -> confined(broken, pod, container));
    }
    manifests.of("Namespace").stream()
        .filter(
            one ->
                !one.labels()
                    .getOrDefault("pod-security.kubernetes.io/enforce", "")
                    .equals("restricted"))
        .forEach(one -> broken.add(one + " lets other pods in"));
    return broken;
  }

  private static void confined(List<String> broken, Pod pod, JsonNode container) {
    JsonNode context = container.path("securityContext");
    require(
        broken,
        isFalse(context.path("allowPrivilegeEscalation")) && !context.has("privileged"),
        pod + " may become more than it is");
    require(
        broken, isTrue(context.path("readOnlyRootFilesystem")), pod + " may write to its image");
    require(
        broken,
        context.at("/capabilities/drop").equals(ALL) && !context.at("/capabilities").has("add"),
        pod + " has capabilities");
    require(
        broken,
        !context.has("runAsUser") && !context.has("runAsNonRoot") && !context.has("seccompProfile"),
        pod + " has a container of its own mind");
  }

  static List<String> resources(Manifests manifests) {
    List<String> broken = new ArrayList<>();
    for (Pod pod : manifests.pods()) {
      for (JsonNode container : containers(pod)) {
        JsonNode resources = container.path("resources");
        require(
            broken,
            resources.at("/requests/memory").isString()
                && resources.at("/requests/memory").equals(resources.at("/limits/memory")),
            pod + " has memory that others may want back");
        require(
            broken,
            resources.at("/requests/cpu").isString() && resources.at("/limits/cpu").isString(),
            pod + " has no processors to count on, or to count");
        require(
            broken,
            VERSIONED.matcher(container.path("image").asString("")).matches(),
            pod + " is of an image that may change");
        require(
            broken,
            COMMANDS.contains(container.at("/args/0").asString("")) && !container.has("command"),
            pod + " runs no command of tailrace");
        require(
            broken,
            Manifests.stream(pod.spec().path("volumes"))
                .filter(volume -> volume.at("/emptyDir/sizeLimit").isString())
                .anyMatch(volume -> mountedAt(container, "/tmp", volume.path("name"))),
            pod + " has no /tmp, or one without an end");
      }
    }
    return broken;
  }

  private static boolean mountedAt(JsonNode container, String path, JsonNode volume) {
    return Manifests.stream(container.path("volumeMounts"))
        .anyMatch(
            mount ->
                mount.path("mountPath").asString("").equals(path)
                    && mount.path("name").equals(volume)
                    && !mount.has("readOnly"));
  }

  static List<String> probes(Manifests manifests) {
    List<String> broken = new ArrayList<>();
    for (Pod pod : manifests.pods()) {
      if (!pod.owner().kind().equals("Deployment")) {
        continue;
      }
      for (JsonNode container : containers(pod)) {
        probe(broken, pod, container, "startupProbe", "/healthz");
        probe(broken, pod, container, "readinessProbe", "/readyz");
        probe(broken, pod, container, "livenessProbe", "/healthz");
      }
    }
    Duration delay = StopRules.duration(manifests, "edge.drain.delay", "5s");
    for (Pod edge : manifests.pods("edge")) {
      JsonNode probe = edge.spec().at("/containers/0/readinessProbe");
      int seenAfter =
          probe.path("periodSeconds").asInt(10) * probe.path("failureThreshold").asInt(3);
      require(
          broken,
          seenAfter <= delay.toSeconds(),
          "%s is seen to drain after %d s, when it has begun to end connections"
              .formatted(edge, seenAfter));
    }
    return broken;
  }

  private static void probe(
      List<String> broken, Pod pod, JsonNode container, String name, String path) {
    JsonNode probe = container.at("/" + name + "/httpGet");
    require(
        broken,
        probe.path("path").asString("").equals(path)
            && probe.path("port").asString("").equals("operator")
            && pod.port(probe.path("port")) > 0,
        "%s has no %s of %s at its operator port".formatted(pod, name, path));
  }

  static List<JsonNode> containers(Pod pod) {
    return List.copyOf(Manifests.stream(pod.spec().path("containers")).toList());
  }

  static void require(List<String> broken, boolean holds, String otherwise) {
    if (!holds) {
      broken.add(otherwise);
    }
  }

  private static boolean isFalse(JsonNode node) {
    return node.isBoolean() && !node.asBoolean();
  }

  private static boolean isTrue(JsonNode node) {
    return node.isBoolean() && node.asBoolean();
  }
}
