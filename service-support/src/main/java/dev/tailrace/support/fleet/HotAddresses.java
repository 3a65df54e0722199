package dev.tailrace.support.fleet;

import dev.tailrace.schemas.Lane;
import dev.tailrace.v1.HotAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Which addresses come up most, in the last ten seconds: counted by the second, a bounded number of
 * addresses in each.
 *
 * <p>Threading: one owner counts, and turns it; {@link #latest} is for any thread, as of the last
 * second.
 */
public final class HotAddresses {
  /** What counts as lately, in milliseconds. */
  public static final long WINDOW_MS = 10_000;

  /** Most that are told of. */
  public static final int MOST_TOLD = 20;

  private static final long SECOND_MS = 1_000;
  private static final int PLACES = 256;
  private static final int MOST_KEPT = 64;

  private record Second(long endMs, Map<Lane, Hits> hits) {}

  private final Map<Lane, SpaceSaving> counting = new EnumMap<>(Lane.class);
  private final Deque<Second> seconds = new ArrayDeque<>();
  private long turnedMs;
  private volatile Map<Lane, Hits> latest = Map.of();

  /** Nothing has come up yet. */
  public HotAddresses() {
    clear();
  }

  private void clear() {
    for (Lane lane : Lane.values()) {
      counting.put(lane, new SpaceSaving(PLACES));
    }
  }

  /** An address came up so often more. */
  public void add(Lane lane, String address, long count) {
    SpaceSaving counts = counting.get(lane);
    if (counts != null) {
      counts.add(address, count);
    }
  }

  /** Closes the second when it is over; to be called once a second or more often. */
  public void turn(long nowMs) {
    if (Math.abs(nowMs - turnedMs) < SECOND_MS) {
      return;
    }
    turnedMs = nowMs;
    if (counting.values().stream().anyMatch(counts -> !counts.isEmpty())) {
      Map<Lane, Hits> hits = new EnumMap<>(Lane.class);
      counting.forEach((lane, counts) -> hits.put(lane, counts.hits().most(MOST_KEPT)));
      seconds.add(new Second(nowMs, hits));
      clear();
    } else if (seconds.isEmpty()) {
      return;
    }
    seconds.removeIf(second -> Math.abs(nowMs - second.endMs) >= WINDOW_MS);
    Map<Lane, Hits> all = new EnumMap<>(Lane.class);
    for (Lane lane : Lane.values()) {
      List<Hits> parts =
          seconds.stream().map(second -> second.hits.getOrDefault(lane, Hits.NONE)).toList();
      all.put(lane, Hits.together(parts).most(MOST_KEPT));
    }
    latest = Map.copyOf(all);
  }

  /** By lane, what came up in the last ten seconds. */
  public Map<Lane, Hits> latest() {
    return latest;
  }

  /**
   * The addresses of which most came up, most first: {@link #MOST_TOLD} at most. One of which it is
   * not certain that it has half of its count is left out: it is one of very many.
   *
   * @param parts what each of those who count has counted
   */
  public static List<HotAddress> most(Collection<Map<Lane, Hits>> parts) {
    List<HotAddress> most = new ArrayList<>();
    for (Lane lane : Lane.values()) {
      List<Hits> ofLane = parts.stream().map(part -> part.getOrDefault(lane, Hits.NONE)).toList();
      Hits.together(ofLane)
          .counts()
          .forEach(
              (address, count) -> {
                if (2 * count.atLeast() >= count.atMost()) {
                  most.add(
                      HotAddress.newBuilder()
                          .setLane(lane.name().toLowerCase(Locale.ROOT))
                          .setAddress(address)
                          .setCount(count.atMost())
                          .build());
                }
              });
    }
    most.sort(
        Comparator.comparingLong((HotAddress one) -> -one.getCount())
            .thenComparing(HotAddress::getLane)
            .thenComparing(HotAddress::getAddress));
    return List.copyOf(most.subList(0, Math.min(MOST_TOLD, most.size())));
  }
}
