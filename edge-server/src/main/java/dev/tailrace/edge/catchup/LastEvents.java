package dev.tailrace.edge.catchup;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The last events of one address that a {@link BackwardSearch} has found. A repetition, which lies
 * further back as well, is one with what it repeats.
 *
 * <p>Threading: the catch-up reader.
 */
final class LastEvents {
  /** So many times what is wanted are kept of a step: repetitions among them are one event. */
  private static final int KEPT_OF_A_STEP = 4;

  /** Whence an event came: two deliveries of one stamp are one. */
  record Stamp(String topicId, int partition, long offset, int subIndex) {}

  private final Map<Stamp, Long> found = new HashMap<>();
  private final LinkedHashMap<Stamp, Long> step = new LinkedHashMap<>();
  private int count;
  private boolean enough;
  private @Nullable List<Long> latestFirst;

  /** Somebody wants so many. */
  void want(int events) {
    count = Math.max(count, events);
  }

  /** Whether there are as many as anybody wants. */
  boolean isEnough() {
    return has(count);
  }

  /** Whether there are so many. */
  boolean has(int events) {
    return found.size() >= events;
  }

  /** A step begins before all that was found; what a step that failed has found is dropped. */
  void beginStep() {
    step.clear();
    enough = isEnough();
  }

  /** One more, behind the others of this step. */
  void add(Stamp stamp, long offset) {
    if (enough) {
      return;
    }
    if (step.putIfAbsent(stamp, offset) == null && step.size() > KEPT_OF_A_STEP * count) {
      step.pollFirstEntry();
    }
  }

  /** What the step has found counts. */
  void endStep() {
    step.forEach((stamp, offset) -> found.merge(stamp, offset, Math::min));
    step.clear();
    latestFirst = null;
  }

  /** Where the first of the last so many lies; that offset when there is none. */
  long first(int events, long withoutAny) {
    List<Long> offsets = latestFirst;
    if (offsets == null) {
      offsets = found.values().stream().sorted(Comparator.reverseOrder()).toList();
      latestFirst = offsets;
    }
    return offsets.isEmpty() ? withoutAny : offsets.get(Math.min(events, offsets.size()) - 1);
  }
}
