package dev.tailrace.edge.delivery;

import dev.tailrace.edge.log.LogEntry;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * What catch-up brought to a reader and was not written yet, in order.
 *
 * <p>Threading: the connection's delivery agent.
 */
final class ReaderChunk {
  private @Nullable Deque<LogEntry> entries;

  /** The next; null without one. */
  @Nullable LogEntry peek() {
    return entries == null ? null : entries.peek();
  }

  /** The next was written, or is not for this reader. */
  void remove() {
    if (entries != null) {
      entries.poll();
      if (entries.isEmpty()) {
        entries = null;
      }
    }
  }

  /** More came; what is left of the last chunk, if that failed half way, comes first. */
  void add(Collection<LogEntry> more) {
    if (entries != null) {
      entries.addAll(more);
    } else if (!more.isEmpty()) {
      entries = new ArrayDeque<>(more);
    }
  }

  /** Lets it go. */
  void clear() {
    entries = null;
  }

  /** What it takes in memory. */
  long bytes() {
    long bytes = 0;
    if (entries != null) {
      for (LogEntry entry : entries) {
        bytes += entry.weight();
      }
    }
    return bytes;
  }
}
