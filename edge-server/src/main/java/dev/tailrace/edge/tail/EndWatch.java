package dev.tailrace.edge.tail;

import dev.tailrace.edge.log.PartitionLog;
import dev.tailrace.schemas.LanePartition;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Asks the leaders now and then where their partitions end, and tells each log that has come there
 * up to when it is whole. A log to which nothing is added cannot know whether nothing was written,
 * or nobody answers.
 *
 * <p>Threading: the tail.
 */
final class EndWatch {
  private static final long INTERVAL_MS = 5_000;

  /** A leader's end, as it was at some time; there when the leader has answered. */
  private record Asked(long atMs, CompletableFuture<Long> end) {}

  private final LaneOffsets offsets;
  private final Map<PartitionLog, Asked> asked = new HashMap<>();
  private long askAtMs = Long.MIN_VALUE;

  EndWatch(LaneOffsets offsets) {
    this.offsets = offsets;
  }

  /**
   * Asks when it is time, and takes what has been answered.
   *
   * @param logs all that are followed
   * @param wallMs the time of day
   */
  void turn(Collection<PartitionLog> logs, long wallMs, long nowMs) {
    if (nowMs >= askAtMs) {
      askAtMs = nowMs + INTERVAL_MS;
      ask(logs, wallMs);
    }
    Iterator<Map.Entry<PartitionLog, Asked>> all = asked.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<PartitionLog, Asked> one = all.next();
      if (isOver(one.getKey(), one.getValue())) {
        all.remove();
      }
    }
  }

  /** Asks for all at the next turn. */
  void askAgain() {
    askAtMs = Long.MIN_VALUE;
    asked.clear();
  }

  /** A log that has not come to the end that was told last is not asked for again. */
  private void ask(Collection<PartitionLog> logs, long wallMs) {
    List<PartitionLog> unasked = logs.stream().filter(log -> !asked.containsKey(log)).toList();
    Map<LanePartition, CompletableFuture<Long>> ends =
        offsets.ends(unasked.stream().map(PartitionLog::partition).toList());
    for (PartitionLog log : unasked) {
      CompletableFuture<Long> end = ends.get(log.partition());
      if (end != null) {
        asked.put(log, new Asked(wallMs, end));
      }
    }
  }

  private static boolean isOver(PartitionLog log, Asked question) {
    if (log.isClosed() || question.end().isCompletedExceptionally()) {
      return true;
    }
    if (!question.end().isDone()) {
      return false;
    }
    log.setLeaderEnd(question.end().join());
    if (log.endOffset() < question.end().join()) {
      return false;
    }
    log.setWhole(question.end().join(), question.atMs());
    return true;
  }
}
