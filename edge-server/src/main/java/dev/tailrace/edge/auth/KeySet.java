package dev.tailrace.edge.auth;

import com.nimbusds.jose.JWSAlgorithm;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All keys that tokens are verified with at a moment.
 *
 * <p>Threading: immutable; any thread.
 */
final class KeySet {
  private final long version;
  private final int size;
  private final Map<JWSAlgorithm, List<TokenKey>> byAlgorithm = new HashMap<>();
  private final Set<String> ids = new HashSet<>();

  /**
   * These keys.
   *
   * @param version higher than that of any set before it
   */
  KeySet(long version, List<TokenKey> keys) {
    this.version = version;
    this.size = keys.size();
    for (TokenKey key : keys) {
      key.algorithms()
          .forEach(alg -> byAlgorithm.computeIfAbsent(alg, _ -> new ArrayList<>()).add(key));
      if (key.id() != null) {
        ids.add(key.id());
      }
    }
  }

  /** Which set this is; rises whenever a key comes or goes. */
  long version() {
    return version;
  }

  int size() {
    return size;
  }

  /** Whether any of the keys has a name. */
  boolean hasNames() {
    return !ids.isEmpty();
  }

  /** Whether one of the keys is called so. */
  boolean isNamed(String id) {
    return ids.contains(id);
  }

  /**
   * The keys that a token may be signed with.
   *
   * @param id the token's {@code kid}: keys of another name are left out, nameless ones are not
   */
  List<TokenKey> fitting(JWSAlgorithm algorithm, @Nullable String id) {
    List<TokenKey> keys = byAlgorithm.getOrDefault(algorithm, List.of());
    if (id == null || ids.isEmpty()) {
      return keys;
    }
    return keys.stream().filter(key -> key.id() == null || key.id().equals(id)).toList();
  }
}
