package dev.tailrace.client;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Who follows what.
 *
 * <p>Threading: owned by the client's thread.
 */
final class Subscriptions {
  private final Map<String, List<Subscription>> all = new LinkedHashMap<>(); // by address

  /** Whether its address is a new one. */
  boolean add(Subscription one) {
    List<Subscription> others = all.computeIfAbsent(one.address(), address -> new ArrayList<>());
    others.add(one);
    return others.size() == 1;
  }

  /** Whether nobody follows its address any more. */
  boolean remove(Subscription one) {
    List<Subscription> others = all.get(one.address());
    if (others == null || !others.remove(one) || !others.isEmpty()) {
      return false;
    }
    all.remove(one.address());
    return true;
  }

  boolean has(String address) {
    return all.containsKey(address);
  }

  /** Those of an address, as they are now. */
  List<Subscription> of(String address) {
    return List.copyOf(all.getOrDefault(address, List.of()));
  }

  /** All, as they are now. */
  List<Subscription> all() {
    return all.values().stream().flatMap(List::stream).collect(Collectors.toList());
  }

  /** Whether an address has to be asked for. */
  static boolean isNamed(String address) {
    return !address.equals(Positions.OWN) && !address.equals(Positions.BROADCAST);
  }

  /** The channels that have to be asked for. */
  List<String> channels() {
    return all.keySet().stream().filter(Subscriptions::isNamed).collect(Collectors.toList());
  }

  /** How often in a second, if all who follow these ask for no more; else 0. */
  double rate(List<String> channels) {
    double most = 0;
    for (String channel : channels) {
      for (Subscription one : of(channel)) {
        if (one.conflate() == 0) {
          return 0;
        }
        most = Math.max(most, one.conflate());
      }
    }
    return most;
  }
}
