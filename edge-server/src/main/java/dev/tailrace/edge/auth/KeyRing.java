package dev.tailrace.edge.auth;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The keys of all sources, as they are now.
 *
 * <p>Threading: {@link #current} is a volatile read, from any thread; {@link #put} from the thread
 * of each source, under a lock that is held for as long as it takes to copy.
 */
final class KeyRing {
  /** Where keys come from. */
  enum Source {
    SECRET,
    FILE,
    URL
  }

  @GuardedBy("this")
  private final Map<Source, List<TokenKey>> sources = new EnumMap<>(Source.class);

  private volatile KeySet current = new KeySet(0, List.of());

  /** All keys that are valid now. */
  KeySet current() {
    return current;
  }

  /** A source has these keys from now on, and no others; returns whether that is a change. */
  synchronized boolean put(Source source, List<TokenKey> keys) {
    List<TokenKey> former = sources.put(source, List.copyOf(keys));
    if (keys.equals(former)) {
      return false;
    }
    current =
        new KeySet(current.version() + 1, sources.values().stream().flatMap(List::stream).toList());
    return true;
  }
}
