package dev.tailrace.kubernetes;

import java.util.List;

/**
 * What holds for every overlay, whatever its size. Each says what breaks it, one line for each
 * place.
 */
enum Policy {
  /** Every field is one that Kubernetes knows, of a type that it takes. */
  SCHEMA,
  /** Nobody in a pod can do more than it takes to serve. */
  CONFINED,
  /** A pod gets what it was told, and no more. */
  RESOURCES,
  /** Kubelets see what the processes say of themselves. */
  PROBES,
  /** Nothing ends an edge before it has drained, nor a dispatcher before it has settled. */
  DRAIN,
  /** What selects, selects what it is meant for. */
  SELECTORS,
  /** Zones and machines may go, and be emptied. */
  DISRUPTION,
  /** Whoever names a port means one that is there. */
  PORTS,
  /** Who needs to be reached is, and nobody else. */
  NETWORK,
  /** The processes are given settings that they have, of values that they take. */
  SETTINGS,
  /** No secret is in a manifest. */
  SECRETS,
  /** Scaling goes by metrics that the processes export and the adapter serves. */
  SCALING,
  /** An edge's memory holds the connections that it takes. */
  MEMORY;

  List<String> violations(Manifests manifests) {
    return switch (this) {
      case SCHEMA ->
          manifests.all().stream().flatMap(one -> Schema.violations(one).stream()).toList();
      case CONFINED -> PodRules.confined(manifests);
      case RESOURCES -> PodRules.resources(manifests);
      case PROBES -> PodRules.probes(manifests);
      case DRAIN -> StopRules.drain(manifests);
      case SELECTORS -> SelectorRules.selectors(manifests);
      case DISRUPTION -> StopRules.disruption(manifests);
      case PORTS -> SelectorRules.ports(manifests);
      case NETWORK -> NetworkRules.violations(manifests);
      case SETTINGS -> SettingRules.settings(manifests);
      case SECRETS -> SettingRules.secrets(manifests);
      case SCALING -> ScalingRules.scaling(manifests);
      case MEMORY -> ScalingRules.memory(manifests);
    };
  }
}
