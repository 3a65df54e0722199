package dev.tailrace.edge.catchup;

import dev.tailrace.edge.tail.LaneOffsets;
import dev.tailrace.schemas.LanePartition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The sessions that want to read one partition, served in turn, and where its log begins and ends:
 * asked for the first of them, without waiting, so that a partition whose leader does not answer
 * holds up its own sessions alone.
 *
 * <p>Threading: the catch-up reader.
 */
final class SessionQueue {
  private final LanePartition partition;
  private final Deque<CatchUpSession> sessions = new ArrayDeque<>();
  private @Nullable CompletableFuture<Long> start;
  private @Nullable CompletableFuture<Long> end;

  SessionQueue(LanePartition partition) {
    this.partition = partition;
  }

  LanePartition partition() {
    return partition;
  }

  void add(CatchUpSession session) {
    sessions.add(session);
  }

  int size() {
    return sessions.size();
  }

  /** The session whose turn it is; those that were given up are forgotten. Null: none is left. */
  @Nullable CatchUpSession first() {
    while (!sessions.isEmpty() && sessions.peek().isCancelled()) {
      remove(); // what was asked for it may be too old for the next
    }
    return sessions.peek();
  }

  /** Asks where the log begins and ends, if that was not asked yet. */
  void ask(LaneOffsets offsets, Runnable onAnswer) {
    if (start == null) {
      start = told(offsets.start(partition), onAnswer);
      end = told(offsets.end(partition), onAnswer);
    }
  }

  /** The answer; it is there before whoever waits for it is woken. */
  static CompletableFuture<Long> told(CompletableFuture<Long> answer, Runnable onAnswer) {
    var _ = answer.whenComplete((offset, failure) -> onAnswer.run());
    return answer;
  }

  /** Whether all is known that the first session needs to go on. */
  boolean isReady(CatchUpSession first) {
    CompletableFuture<Long> foldStart = first.foldStart();
    return start != null
        && start.isDone()
        && end != null
        && end.isDone()
        && (foldStart == null || foldStart.isDone());
  }

  /** What the leader answered to {@link #ask}. */
  Bounds bounds() {
    if (start == null || end == null) {
      throw new IllegalStateException("not asked");
    }
    return new Bounds(start.join(), end.join());
  }

  /** Takes the first session out; for the next one the leader is asked again. */
  void remove() {
    sessions.remove();
    start = null;
    end = null;
  }

  /** Takes all sessions out: none of them can be read now. */
  List<CatchUpSession> removeAll() {
    List<CatchUpSession> all = new ArrayList<>(sessions);
    sessions.clear();
    start = null;
    end = null;
    return all;
  }

  /** A log's start and end offset. */
  record Bounds(long start, long end) {}
}
