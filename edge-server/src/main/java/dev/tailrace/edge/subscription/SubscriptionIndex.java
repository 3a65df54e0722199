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
  private int size;

  /** Enters a follower of these addresses, of which there is at least one. */
  public void add(R follower, Set<String> addresses) {
    size++;
    for (String address : addresses) {
      followers.merge(address, Set.of(follower), SubscriptionIndex::union);
    }
  }

  /** Most addresses are a user's, with one connection: a set that can grow would be a waste. */
  private static <R> Set<R> union(Set<R> known, Set<R> added) {
    Set<R> growing = known instanceof LinkedHashSet ? known : new LinkedHashSet<>(known);
    growing.addAll(added);
    return growing;
  }

  /** Takes a follower of these addresses out. */
  public void remove(R follower, Set<String> addresses) {
    boolean found = false;
    for (String address : addresses) {
      Set<R> those = followers.get(address);
      if (those != null && those.contains(follower)) {
        found = true;
        if (those.size() == 1) {
          followers.remove(address);
        } else {
          those.remove(follower);
        }
      }
    }
    if (found) {
      size--;
    }
  }

  /** Whether anybody follows this address. */
  public boolean isFollowed(String address) {
    return followers.containsKey(address);
  }

  /** How many follow this address. */
  public int count(String address) {
    Set<R> those = followers.get(address);
    return those == null ? 0 : those.size();
  }

  /** Those who follow this address. */
  public void forEach(String address, Consumer<R> action) {
    Set<R> those = followers.get(address);
    if (those != null) {
      those.forEach(action);
    }
  }

  /** Everybody, each once: a set of the caller's own. */
  public Set<R> all() {
    Set<R> all = new LinkedHashSet<>();
    followers.values().forEach(all::addAll);
    return all;
  }

  /** How many followers there are. */
  public int size() {
    return size;
  }

  /** Whether nobody is left. */
  public boolean isEmpty() {
    return size == 0;
  }
}
