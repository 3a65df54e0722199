package dev.tailrace.edge.delivery;

import dev.tailrace.edge.log.LogEntry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The newest of each conflation key and channel among some entries. Events without a key count as
 * of one key, so that of those only the newest of the channel is left. What stays keeps its place:
 * a newer event lies behind the position that an older one was left out at, so a cursor is as good
 * as without.
 *
 * <p>Threading: one owner. Holds as many entries as there are keys; made for a turn or a chunk.
 */
final class Conflation {
  private record Key(@Nullable String channel, String conflationKey) {}

  private final Map<Key, LogEntry> newest = new HashMap<>();
  private long endOffset = Long.MAX_VALUE;

  /** Those of a chunk that nothing newer in it takes the place of. */
  static List<LogEntry> newestOf(List<LogEntry> entries) {
    Conflation conflation = new Conflation();
    entries.forEach(conflation::add);
    return entries.stream().filter(entry -> !conflation.isSuperseded(entry)).toList();
  }

  /** The next, in the order of the log. */
  void add(LogEntry entry) {
    if (!entry.isUpstreamGap()) {
      newest.put(key(entry), entry);
    }
  }

  /** What was looked at ends there: the log has grown since, maybe. */
  void endsAt(long offset) {
    endOffset = offset;
  }

  /** The first that was not looked at. */
  long endOffset() {
    return endOffset;
  }

  /** Whether something newer takes its place; never that of a loss. */
  boolean isSuperseded(LogEntry entry) {
    if (entry.isUpstreamGap()) {
      return false;
    }
    LogEntry last = newest.get(key(entry));
    return last != null && last.offset() > entry.offset();
  }

  private static Key key(LogEntry entry) {
    return new Key(entry.channel(), entry.conflationKey());
  }
}
