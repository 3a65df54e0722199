package dev.tailrace.edge.auth;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * A set of name patterns: an exact name, or a beginning followed by one {@code *}. {@code scores.*}
 * allows every name that begins with {@code scores.}; {@code *} alone allows every name.
 *
 * <p>Threading: immutable.
 */
public final class Grants {
  /** What a pattern takes beside its characters, and with its place in a set. */
  private static final int PATTERN_BYTES = 64;

  /** Allows nothing. */
  public static final Grants NONE = new Grants(Set.of(), new String[0]);

  /** Allows every name. */
  public static final Grants ALL = of(List.of("*"));

  private final Set<String> names;
  private final String[] prefixes;
  private final long heapBytes;

  private Grants(Set<String> names, String[] prefixes) {
    this.names = names;
    this.prefixes = prefixes;
    this.heapBytes = heapBytes(names) + heapBytes(Arrays.asList(prefixes));
  }

  private static long heapBytes(Collection<String> patterns) {
    long bytes = 0;
    for (String pattern : patterns) {
      bytes += PATTERN_BYTES + pattern.length();
    }
    return bytes;
  }

  /** Whether they allow nothing. */
  boolean isNone() {
    return names.isEmpty() && prefixes.length == 0;
  }

  /** Whether a pattern is one that can be granted: not empty, and {@code *} only at its end. */
  public static boolean isPattern(String pattern) {
    int star = pattern.indexOf('*');
    return !pattern.isEmpty() && (star < 0 || star == pattern.length() - 1);
  }

  /**
   * Grants of these patterns.
   *
   * @throws IllegalArgumentException when one of them is no pattern
   */
  public static Grants of(List<String> patterns) {
    List<String> names = new ArrayList<>(patterns.size());
    List<String> prefixes = new ArrayList<>(patterns.size());
    for (String pattern : patterns) {
      if (!isPattern(pattern)) {
        throw new IllegalArgumentException("not a name or a beginning and one *: " + pattern);
      }
      if (pattern.endsWith("*")) {
        prefixes.add(pattern.substring(0, pattern.length() - 1));
      } else {
        names.add(pattern);
      }
    }
    // With most tokens, one name.
    return new Grants(
        names.size() == 1 ? Set.of(names.getFirst()) : Set.copyOf(names),
        prefixes.toArray(String[]::new));
  }

  /** Whether one of the patterns covers this name. */
  public boolean allows(String name) {
    if (names.contains(name)) {
      return true;
    }
    for (String prefix : prefixes) {
      if (name.startsWith(prefix)) {
        return true;
      }
    }
    return false;
  }

  /** About how much memory it takes. */
  long heapBytes() {
    return heapBytes;
  }

  /** How many patterns, not which: they may be personal. */
  @Override
  public String toString() {
    return names.size() + " names, " + prefixes.length + " beginnings";
  }
}
