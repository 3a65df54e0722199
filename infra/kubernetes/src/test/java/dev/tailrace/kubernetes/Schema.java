package dev.tailrace.kubernetes;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.google.gson.annotations.SerializedName;
import dev.tailrace.kubernetes.Manifests.Manifest;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1CronJob;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1Namespace;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import io.kubernetes.client.openapi.models.V2HorizontalPodAutoscaler;
import java.lang.reflect.Field;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * What Kubernetes and the Prometheus operator take: by the classes that others have generated from
 * their schemas. A server that meets an unknown field may leave it out and say nothing.
 */
final class Schema {
  private static final Map<String, Class<?>> KINDS =
      Map.of(
          "v1 Namespace", V1Namespace.class,
          "v1 ConfigMap", V1ConfigMap.class,
          "v1 Service", V1Service.class,
          "v1 ServiceAccount", V1ServiceAccount.class,
          "apps/v1 Deployment", V1Deployment.class,
          "batch/v1 CronJob", V1CronJob.class,
          "networking.k8s.io/v1 NetworkPolicy", V1NetworkPolicy.class,
          "policy/v1 PodDisruptionBudget", V1PodDisruptionBudget.class,
          "autoscaling/v2 HorizontalPodAutoscaler", V2HorizontalPodAutoscaler.class,
          "monitoring.coreos.com/v1 ServiceMonitor", ServiceMonitor.class);

  /** Words that a field takes, which the classes have as text. */
  private static final Map<String, Set<String>> WORDS =
      Map.ofEntries(
          Map.entry("V1DeploymentStrategy.type", Set.of("RollingUpdate", "Recreate")),
          Map.entry(
              "V1TopologySpreadConstraint.whenUnsatisfiable",
              Set.of("DoNotSchedule", "ScheduleAnyway")),
          Map.entry("V1TopologySpreadConstraint.nodeTaintsPolicy", Set.of("Honor", "Ignore")),
          Map.entry("V1TopologySpreadConstraint.nodeAffinityPolicy", Set.of("Honor", "Ignore")),
          Map.entry("V1SeccompProfile.type", Set.of("RuntimeDefault", "Localhost", "Unconfined")),
          Map.entry("V1HTTPGetAction.scheme", Set.of("HTTP", "HTTPS")),
          Map.entry("V1Container.imagePullPolicy", Set.of("Always", "IfNotPresent", "Never")),
          Map.entry("V1PodSpec.restartPolicy", Set.of("Always", "OnFailure", "Never")),
          Map.entry("V1ContainerPort.protocol", Set.of("TCP", "UDP", "SCTP")),
          Map.entry(
              "V1ServiceSpec.type",
              Set.of("ClusterIP", "NodePort", "LoadBalancer", "ExternalName")),
          Map.entry("V1ServiceSpec.externalTrafficPolicy", Set.of("Local", "Cluster")),
          Map.entry("V1ServiceSpec.internalTrafficPolicy", Set.of("Local", "Cluster")),
          Map.entry("V1ServicePort.protocol", Set.of("TCP", "UDP", "SCTP")),
          Map.entry("V1NetworkPolicySpec.policyTypes", Set.of("Ingress", "Egress")),
          Map.entry("V1NetworkPolicyPort.protocol", Set.of("TCP", "UDP", "SCTP")),
          Map.entry(
              "V1PodDisruptionBudgetSpec.unhealthyPodEvictionPolicy",
              Set.of("AlwaysAllow", "IfHealthyBudget")),
          Map.entry("V1CronJobSpec.concurrencyPolicy", Set.of("Allow", "Forbid", "Replace")),
          Map.entry(
              "V2MetricSpec.type",
              Set.of("ContainerResource", "External", "Object", "Pods", "Resource")),
          Map.entry("V2MetricTarget.type", Set.of("Utilization", "Value", "AverageValue")),
          Map.entry("V2HPAScalingRules.selectPolicy", Set.of("Max", "Min", "Disabled")),
          Map.entry("V2HPAScalingPolicy.type", Set.of("Pods", "Percent")),
          Map.entry("Endpoint.scheme", Set.of("http", "https")));

  private static final Set<String> VALUES = Set.of("IntOrString", "Quantity", "OffsetDateTime");
  private static final String QUANTITY = "[0-9]+(\\.[0-9]+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?";

  private final List<String> broken = new ArrayList<>();

  private Schema() {}

  /** A line for each place that does not fit. */
  static List<String> violations(Manifest manifest) {
    String kind = manifest.at("/apiVersion").asString("") + " " + manifest.kind();
    Class<?> type = KINDS.get(kind);
    if (type == null) {
      return List.of(manifest + " is of a kind that is not known here: " + kind);
    }
    Schema schema = new Schema();
    schema.object(manifest.toString(), manifest.root(), type);
    return schema.broken;
  }

  private void object(String at, JsonNode node, Class<?> type) {
    if (!node.isObject()) {
      broken.add(at + " is to be an object");
      return;
    }
    Map<String, Field> known = fields(type);
    node.properties()
        .forEach(
            one -> {
              Field field = known.get(one.getKey());
              String below = at + "/" + one.getKey();
              if (field == null) {
                broken.add(below + " is not known");
              } else {
                words(below, one.getValue(), type.getSimpleName() + "." + one.getKey());
                value(below, one.getValue(), field.getGenericType());
              }
            });
    required(type).stream()
        .filter(key -> !node.has(key))
        .forEach(key -> broken.add(at + " has no " + key));
  }

  private void value(String at, JsonNode node, Type type) {
    if (type instanceof ParameterizedType generic) {
      Type content = generic.getActualTypeArguments()[generic.getActualTypeArguments().length - 1];
      if (generic.getRawType() == List.class ? !node.isArray() : !node.isObject()) {
        broken.add(at + " is to be a " + generic.getRawType().getTypeName());
      } else if (node.isArray()) {
        for (int i = 0; i < node.size(); i++) {
          value(at + "/" + i, node.get(i), content);
        }
      } else {
        node.properties().forEach(one -> value(at + "/" + one.getKey(), one.getValue(), content));
      }
    } else if (type instanceof Class<?> plain && !fits(at, node, plain)) {
      broken.add("%s is to be %s: %s".formatted(at, plain.getSimpleName(), node));
    }
  }

  /** Whether a value is of this class; what is below it tells for itself. */
  private boolean fits(String at, JsonNode node, Class<?> type) {
    if (type == String.class) {
      return node.isString();
    } else if (type == Integer.class || type == Long.class) {
      return node.isIntegralNumber();
    } else if (type == Boolean.class) {
      return node.isBoolean();
    } else if (type == Object.class) {
      return true;
    } else if (type.getSimpleName().equals("Quantity")) {
      return node.isNumber() || node.asString("").matches(QUANTITY);
    } else if (VALUES.contains(type.getSimpleName())) {
      return node.isIntegralNumber() || node.isString();
    }
    object(at, node, type);
    return true;
  }

  private void words(String at, JsonNode node, String field) {
    Set<String> words = WORDS.get(field);
    if (words == null) {
      return;
    }
    (node.isArray() ? Manifests.stream(node) : Stream.of(node))
        .filter(word -> !words.contains(word.asString("")))
        .forEach(
            word -> broken.add("%s is none of %s: %s".formatted(at, new TreeSet<>(words), word)));
  }

  private static Map<String, Field> fields(Class<?> type) {
    Map<String, Field> fields = new TreeMap<>();
    for (Field field : type.getDeclaredFields()) {
      SerializedName gson = field.getAnnotation(SerializedName.class);
      JsonProperty jackson = field.getAnnotation(JsonProperty.class);
      if (gson != null) {
        fields.put(gson.value(), field);
      } else if (jackson != null) {
        fields.put(jackson.value(), field);
      }
    }
    if (fields.isEmpty()) {
      throw new IllegalStateException(type + " has no fields: what is it?");
    }
    return fields;
  }

  /** Those of Kubernetes' own say what they need, the others' do not. */
  private static Set<String> required(Class<?> type) {
    try {
      Object required = type.getField("openapiRequiredFields").get(null);
      return required instanceof Set<?> names
          ? names.stream().map(String::valueOf).collect(Collectors.toSet())
          : Set.of();
    } catch (NoSuchFieldException e) {
      return Set.of();
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }
}
