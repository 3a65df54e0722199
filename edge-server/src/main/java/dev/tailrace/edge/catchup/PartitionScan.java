package dev.tailrace.edge.catchup;

import dev.tailrace.edge.tail.LaneOffsets;
import dev.tailrace.schemas.LanePartition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The sessions that want one partition read, and the lap that reads it for all of them. A lap
 * starts for one of them, its lead; those that want to be read from further on join it when it
 * comes there, the others wait for the next.
 *
 * <p>In turn the lead is the one whose position retention removes first, and the one that has
 * waited longest. Where the log begins and ends is asked for it without waiting, so that a
 * partition whose leader does not answer holds up its own sessions alone.
 *
 * <p>Threading: the catch-up reader.
 */
final class PartitionScan {
  private final LanePartition partition;
  private final TreeMap<Long, List<CatchUpSession>> waiting = new TreeMap<>();
  private int count;
  private long arrivals;
  private boolean lowestLeads = true;
  private @Nullable CatchUpSession lead;
  private @Nullable CompletableFuture<Long> start;
  private @Nullable CompletableFuture<Long> end;
  private @Nullable CompletableFuture<Long> foldStart;
  private @Nullable ScanLap lap;

  PartitionScan(LanePartition partition) {
    this.partition = partition;
  }

  LanePartition partition() {
    return partition;
  }

  void add(CatchUpSession session) {
    session.setArrival(arrivals++);
    enter(session);
  }

  private void enter(CatchUpSession session) {
    waiting.computeIfAbsent(session.position(), p -> new ArrayList<>()).add(session);
    count++;
  }

  /** How many sessions it has, on the lap and waiting. */
  int size() {
    return count + (lap == null ? 0 : lap.size());
  }

  /** The lap that is under way. */
  @Nullable ScanLap lap() {
    return lap;
  }

  /** Whose lap is next; null when nobody waits. */
  @Nullable CatchUpSession lead() {
    if (lead != null && lead.isCancelled()) {
      lead = null;
      forgetAnswers(); // they may be too old for the next
    }
    if (lead == null) {
      removeCancelled();
      lead = lowestLeads ? lowest() : longestWaiting();
      lowestLeads = !lowestLeads;
    }
    return lead;
  }

  private void removeCancelled() {
    waiting.values().forEach(those -> those.removeIf(CatchUpSession::isCancelled));
    waiting.values().removeIf(List::isEmpty);
    count = waiting.values().stream().mapToInt(List::size).sum();
  }

  private @Nullable CatchUpSession lowest() {
    return waiting.isEmpty() ? null : waiting.firstEntry().getValue().getFirst();
  }

  private @Nullable CatchUpSession longestWaiting() {
    return waiting.values().stream()
        .flatMap(Collection::stream)
        .min(Comparator.comparingLong(CatchUpSession::arrival))
        .orElse(null);
  }

  /** Asks where the log begins and ends, if that was not asked yet for this lead. */
  void ask(LaneOffsets offsets, Runnable onAnswer) {
    if (start == null) {
      start = told(offsets.start(partition), onAnswer);
      end = told(offsets.end(partition), onAnswer);
    }
  }

  /** Asks where the lead's fold is to start: at the first record of a time. */
  void askFoldStart(LaneOffsets offsets, long horizonMs, Runnable onAnswer) {
    foldStart = told(offsets.atTime(partition, horizonMs), onAnswer);
  }

  /** The answer; it is there before whoever waits for it is woken. */
  private static CompletableFuture<Long> told(CompletableFuture<Long> answer, Runnable onAnswer) {
    var _ = answer.whenComplete((offset, failure) -> onAnswer.run());
    return answer;
  }

  /** Whether a lap is under way, or all is known that the lead's needs to go on. */
  boolean isReady() {
    return lap != null
        || (isDone(start) && isDone(end) && (foldStart == null || isDone(foldStart)));
  }

  private static boolean isDone(@Nullable CompletableFuture<Long> answer) {
    return answer != null && answer.isDone();
  }

  /**
   * How much of its log lies before where the lead's lap would begin, as a part of all of it: of
   * logs that are kept equally long, retention comes there first where that is the least.
   */
  double distanceFromLoss() {
    boolean failed =
        start == null
            || end == null
            || start.isCompletedExceptionally()
            || end.isCompletedExceptionally();
    if (failed || lead == null) {
      return 0; // it has nothing to wait for
    }
    Bounds log = bounds();
    long before = Math.max(0, lead.position() - log.start());
    return (double) before / Math.max(1, log.end() - log.start());
  }

  /** What the leader answered to {@link #ask}. */
  Bounds bounds() {
    if (start == null || end == null) {
      throw new IllegalStateException("not asked");
    }
    return new Bounds(start.join(), end.join());
  }

  /** A log's start and end offset. */
  record Bounds(long start, long end) {}

  /** What it answered to {@link #askFoldStart}; null while that was not asked for this lead. */
  @Nullable Long foldStart() {
    return foldStart == null ? null : foldStart.join();
  }

  /** Moves those that wait below an offset there: retention has removed what they wait for. */
  List<CatchUpSession> truncate(long firstSurviving) {
    Map<Long, List<CatchUpSession>> below = waiting.headMap(firstSurviving);
    List<CatchUpSession> truncated = below.values().stream().flatMap(Collection::stream).toList();
    below.clear();
    count -= truncated.size();
    for (CatchUpSession session : truncated) {
      session.truncated(firstSurviving);
      enter(session);
    }
    return truncated;
  }

  /** Starts a lap. */
  void start(ScanLap started) {
    lap = started;
    lead = null;
    forgetAnswers();
  }

  /** The lap is over. */
  void endLap() {
    lap = null;
  }

  private void forgetAnswers() {
    start = null;
    end = null;
    foldStart = null;
  }

  /** Takes those out that wait for a position from one offset to another, both included. */
  void takeWaiting(long from, long to, Consumer<CatchUpSession> action) {
    if (waiting.isEmpty() || from > to) {
      return;
    }
    Map<Long, List<CatchUpSession>> reached = waiting.subMap(from, true, to, true);
    if (!reached.isEmpty()) {
      List<CatchUpSession> those = reached.values().stream().flatMap(Collection::stream).toList();
      reached.clear();
      count -= those.size();
      those.forEach(action);
    }
  }

  /** Whether somebody waits for what lies before an offset. */
  boolean isAnybodyBefore(long offset) {
    return !waiting.isEmpty() && waiting.firstKey() < offset;
  }

  /** Takes these out of those that wait. */
  void remove(Collection<CatchUpSession> sessions) {
    for (CatchUpSession session : sessions) {
      List<CatchUpSession> those = waiting.get(session.position());
      if (those != null && those.remove(session)) {
        count--;
        if (those.isEmpty()) {
          waiting.remove(session.position());
        }
      }
      if (session == lead) {
        lead = null;
        forgetAnswers();
      }
    }
  }

  /** Takes all out that wait: the partition cannot be read now. */
  List<CatchUpSession> removeAll() {
    List<CatchUpSession> all = waiting.values().stream().flatMap(Collection::stream).toList();
    waiting.clear();
    count = 0;
    lead = null;
    forgetAnswers();
    return all;
  }
}
