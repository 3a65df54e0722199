package dev.tailrace.dispatcher.slots;

import dev.tailrace.schemas.SlotMaps;
import dev.tailrace.schemas.SourceId;
import dev.tailrace.v1.SlotMove;
import dev.tailrace.v1.SlotRecord;
import dev.tailrace.v1.SlotRequest;
import dev.tailrace.v1.SourceStage;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What {@code tailrace.slots} says beside the versions: what was asked for, what was refused, and
 * how far each source partition has come with a version. Grows by some hundred bytes per move and
 * source partition, as the topic does.
 *
 * <p>Threading: any, all under its own lock; one thread waits.
 */
public final class MoveLog {
  private final Map<String, SlotRequest> requests = new LinkedHashMap<>();
  private final Map<String, String> refusals = new HashMap<>();
  private final Map<Integer, Set<SourceId>> held = new HashMap<>();
  private final Map<Integer, Set<SourceId>> passed = new HashMap<>();
  private final Semaphore changed = new Semaphore(0);
  private long changes;

  /** A record of the topic, be it for the first time or again. */
  public synchronized void onRecord(SlotRecord record) {
    switch (record.getBodyCase()) {
      case REQUEST -> requests.putIfAbsent(record.getRequest().getId(), record.getRequest());
      case REFUSAL -> refusals.put(record.getRefusal().getId(), record.getRefusal().getReason());
      case HELD -> add(held, record.getHeld());
      case PASSED -> add(passed, record.getPassed());
      default -> {
        // Versions are for SlotMaps; that something has changed counts here too.
      }
    }
    changes++;
    changed.release();
  }

  private static void add(Map<Integer, Set<SourceId>> stages, SourceStage stage) {
    stages
        .computeIfAbsent(stage.getVersion(), v -> new HashSet<>())
        .add(SourceId.of(stage.getTopicId(), stage.getPartition()));
  }

  /** What is asked for and neither refused nor begun, the oldest first. */
  public synchronized List<SlotRequest> open(SlotMaps maps) {
    Set<String> begun =
        maps.moves().stream().map(SlotMove::getRequestId).collect(Collectors.toSet());
    return requests.values().stream()
        .filter(request -> !begun.contains(request.getId()))
        .filter(request -> !refusals.containsKey(request.getId()))
        .toList();
  }

  /** Why this request is not done; null when it was not refused. */
  public synchronized @Nullable String refusal(String requestId) {
    return refusals.get(requestId);
  }

  /** Source partitions of which nothing is read until the version has its fence. */
  public synchronized Set<SourceId> held(int version) {
    return Set.copyOf(held.getOrDefault(version, Set.of()));
  }

  /** Source partitions of which all below the version's fence is in the lanes. */
  public synchronized Set<SourceId> passed(int version) {
    return Set.copyOf(passed.getOrDefault(version, Set.of()));
  }

  /** Counts the records. */
  public synchronized long changes() {
    return changes;
  }

  /** Waits for a record that has come since the last time, for this long at most. */
  public void awaitChange(Duration longest) throws InterruptedException {
    if (changed.tryAcquire(longest.toMillis(), TimeUnit.MILLISECONDS)) {
      changed.drainPermits();
    }
  }
}
