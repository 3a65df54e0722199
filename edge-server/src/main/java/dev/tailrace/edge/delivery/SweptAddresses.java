package dev.tailrace.edge.delivery;

import dev.tailrace.edge.log.LogEntry;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whom the entries of one sweep were for: each address once, in the order they first came up, with
 * where its first entry lies and where its last one ends; and where each of them lies, if most of
 * what is between is for others. So those who follow an address are gone through once, however many
 * entries came for it, and none of them looks for his among everybody's.
 *
 * <p>Threading: the delivery agent.
 */
final class SweptAddresses {
  /** To look at so many entries for each that is found costs no more than to look it up. */
  private static final int NEAR = 4;

  /** Who has more than these in one sweep writes for many turns, whatever it takes to find them. */
  private static final int MOST_OFFSETS = 4_096;

  /** Hears of an address. */
  @FunctionalInterface
  interface Visitor {
    /**
     * Hears of it.
     *
     * @param count of its entries
     * @param offsets of all its entries, in order; null when they lie near each other, or are very
     *     many
     */
    void visit(String address, long first, long end, int count, long @Nullable [] offsets);
  }

  private static final class Range {
    private static final long[] NONE = {};

    private final long first;
    private long end;
    private int count = 1;
    private long[] offsets = NONE;

    Range(LogEntry entry) {
      first = entry.offset();
      end = entry.nextOffset();
    }

    void add(LogEntry entry) {
      if (entry.offset() < end) {
        return; // it names the address twice
      }
      if (count < MOST_OFFSETS) {
        if (count >= offsets.length) {
          offsets = Arrays.copyOf(offsets, Math.max(4, 2 * count));
          offsets[0] = first;
        }
        offsets[count] = entry.offset();
      }
      count++;
      end = entry.nextOffset();
    }

    long @Nullable [] offsets() {
      boolean near = end - first <= (long) NEAR * count;
      return near || count > MOST_OFFSETS ? null : Arrays.copyOf(offsets, count);
    }
  }

  private final Map<String, Range> ranges = new LinkedHashMap<>();

  /** The next entry for an address, in the order of the log. */
  void add(String address, LogEntry entry) {
    Range known = ranges.get(address);
    if (known == null) {
      ranges.put(address, new Range(entry));
    } else {
      known.add(entry);
    }
  }

  /** Names all of them, and forgets them. */
  void drain(Visitor visitor) {
    ranges.forEach(
        (address, range) ->
            visitor.visit(address, range.first, range.end, range.count, range.offsets()));
    ranges.clear();
  }
}
