package dev.tailrace.support.fleet;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How often addresses came up, as far as that was kept.
 *
 * <p>Threading: immutable.
 *
 * @param counts of those that are known
 * @param others any other came up so often at most
 */
public record Hits(Map<String, Count> counts, long others) {
  /** Of no address. */
  public static final Hits NONE = new Hits(Map.of(), 0);

  /** How often an address came up, at most and at least. */
  public record Count(long atMost, long atLeast) {}

  /** Of these. */
  public Hits {
    counts = Map.copyOf(counts);
  }

  /** All of them together. */
  public static Hits together(Collection<Hits> parts) {
    long others = parts.stream().mapToLong(Hits::others).sum();
    Map<String, Count> sums = new HashMap<>();
    for (Hits part : parts) {
      part.counts.forEach(
          (address, count) ->
              sums.merge(
                  address,
                  // Of a part that does not know it, it has what others have there.
                  new Count(others - part.others + count.atMost, count.atLeast),
                  (a, b) -> new Count(a.atMost + b.atMost - others, a.atLeast + b.atLeast)));
    }
    return new Hits(sums, others);
  }

  /** The same with so many addresses at most: those that came up most. */
  public Hits most(int limit) {
    if (counts.size() <= limit) {
      return this;
    }
    List<Map.Entry<String, Count>> sorted =
        counts.entrySet().stream()
            .sorted(
                Comparator.comparingLong((Map.Entry<String, Count> one) -> -one.getValue().atMost)
                    .thenComparing(Map.Entry::getKey))
            .toList();
    Map<String, Count> kept = HashMap.newHashMap(limit);
    sorted.subList(0, limit).forEach(one -> kept.put(one.getKey(), one.getValue()));
    return new Hits(kept, Math.max(others, sorted.get(limit).getValue().atMost));
  }
}
