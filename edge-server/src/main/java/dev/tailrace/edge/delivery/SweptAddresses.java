package dev.tailrace.edge.delivery;

import dev.tailrace.edge.log.LogEntry;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Whom the entries of one sweep were for: each address once, in the order they first came up, with
 * where its first entry lies and where its last one ends. So those who follow an address are gone
 * through once, however many entries came for it.
 *
 * <p>Threading: the delivery agent.
 */
final class SweptAddresses {
  /** Hears of an address. */
  @FunctionalInterface
  interface Visitor {
    void visit(String address, long first, long end);
  }

  private static final class Range {
    private final long first;
    private long end;

    Range(LogEntry entry) {
      first = entry.offset();
      end = entry.nextOffset();
    }
  }

  private final Map<String, Range> ranges = new LinkedHashMap<>();

  /** The next entry for an address, in the order of the log. */
  void add(String address, LogEntry entry) {
    Range known = ranges.get(address);
    if (known == null) {
      ranges.put(address, new Range(entry));
    } else {
      known.end = entry.nextOffset();
    }
  }

  /** Names all of them, and forgets them. */
  void drain(Visitor visitor) {
    ranges.forEach((address, range) -> visitor.visit(address, range.first, range.end));
    ranges.clear();
  }
}
