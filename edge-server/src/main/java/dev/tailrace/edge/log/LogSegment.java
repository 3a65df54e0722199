package dev.tailrace.edge.log;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A run of entries, the unit of eviction.
 *
 * <p>Threading: appended to by the tail; an entry is readable once the log's end offset, published
 * after it, lies above it.
 */
final class LogSegment {
  static final int MAX_ENTRIES = 256;

  /** Positions from here on lie in this segment or a later one. */
  private final long basePosition;

  private final @Nullable LogEntry[] entries = new LogEntry[MAX_ENTRIES];
  private final AtomicLong encodedBytes = new AtomicLong();
  private final LongAdder wanted;
  private volatile int count;
  private long rawBytes;

  LogSegment(long basePosition, LongAdder wanted) {
    this.basePosition = basePosition;
    this.wanted = wanted;
  }

  long basePosition() {
    return basePosition;
  }

  void append(LogEntry entry) {
    entry.setSegment(this);
    int at = count;
    entries[at] = entry;
    rawBytes += entry.weight();
    count = at + 1;
  }

  boolean isFull(long maxBytes) {
    return count == MAX_ENTRIES || rawBytes >= maxBytes;
  }

  void addEncodedBytes(int bytes) {
    encodedBytes.addAndGet(bytes);
  }

  void addWanted() {
    wanted.increment();
  }

  long bytes() {
    // Its count is looked at first: so others than the tail see what was added before it.
    return (count == 0 ? 0 : rawBytes) + encodedBytes.get();
  }

  /** Index of the first entry at or after the position; {@code count} when there is none. */
  int indexOf(long position) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (entry(middle).offset() < position) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  int count() {
    return count;
  }

  LogEntry entry(int index) {
    LogEntry entry = entries[index];
    if (entry == null) {
      throw new IllegalStateException("read above the published count");
    }
    return entry;
  }
}
