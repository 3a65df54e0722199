package dev.tailrace.edge.subscription;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Who follows an address: for one partition at one delivery agent.
 *
 * <p>Threading: one owner.
 *
 * @param <R> what follows
 */
public final class SubscriptionIndex<R> {
  private final Map<String, Set<R>> followers = new HashMap<>();
  private final Set<R> all = new LinkedHashSet<>();

  /** Enters a follower of these addresses. */
  public void add(R follower, Set<String> addresses) {
    all.add(follower);
    for (String address : addresses) {
      followers.computeIfAbsent(address, a -> new LinkedHashSet<>()).add(follower);
    }
  }

  /** Takes a follower of these addresses out. */
  public void remove(R follower, Set<String> addresses) {
    all.remove(follower);
    for (String address : addresses) {
      Set<R> those = followers.get(address);
      if (those != null && those.remove(follower) && those.isEmpty()) {
        followers.remove(address);
      }
    }
  }

  /** Those who follow this address. */
  public void forEach(String address, Consumer<R> action) {
    Set<R> those = followers.get(address);
    if (those != null) {
      those.forEach(action);
    }
  }

  /** Everybody, each once. */
  public Set<R> all() {
    return all;
  }

  /** Whether nobody is left. */
  public boolean isEmpty() {
    return all.isEmpty();
  }
}
