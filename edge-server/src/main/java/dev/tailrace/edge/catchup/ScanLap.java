package dev.tailrace.edge.catchup;

import dev.tailrace.edge.lane.LaneRecordReader;
import dev.tailrace.edge.log.LogEntry;
import dev.tailrace.edge.log.PartitionLog;
import dev.tailrace.edge.subscription.SubscriptionIndex;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One reading of a partition from an offset on, for all who are on it: each record is parsed and
 * folded once, and given to those it is for. It waits for nobody; whoever has got enough leaves it.
 *
 * <p>It is over when nobody is left, or when enough was examined or given: then all leave, so that
 * their clients get what was found and know how far they are, and others have their turn.
 *
 * <p>Threading: the catch-up reader.
 */
final class ScanLap {
  /** What one session is given at most, but for its last record. */
  static final long MAX_FOUND_BYTES = 256 << 10;

  /** What a lap examines at most, about. */
  static final long MAX_EXAMINED_BYTES = 32 << 20;

  /** What it may hold for all of its sessions; a record that several are given counts once. */
  static final long MAX_HELD_BYTES = 16 << 20;

  /** What it takes to have an entry in a chunk, and in its reader's queue. */
  private static final long REFERENCE_BYTES = 16;

  private final long foldedFrom;
  private final long start;
  private final long logEnd;
  private final LaneRecordReader reader;
  private final @Nullable PartitionLog tail;
  private final Set<CatchUpSession> sessions = new LinkedHashSet<>();
  private final SubscriptionIndex<CatchUpSession> index = new SubscriptionIndex<>();
  private final Set<CatchUpSession> receivers = new LinkedHashSet<>();
  private final List<CatchUpSession> full = new ArrayList<>();
  private long next;
  private long examinedBytes;
  private long heldBytes;
  private boolean stopped;

  /**
   * A lap that nobody is on yet.
   *
   * @param fold goes on with these marks, which are the lap's own from now on
   * @param start the position that the fold was begun for; before it nobody can be read for
   * @param logEnd where the log ended when it was last asked
   */
  ScanLap(Fold fold, long start, long logEnd) {
    this.foldedFrom = fold.from();
    this.next = fold.to();
    this.reader = fold.reader();
    this.tail = fold.tail();
    this.start = start;
    this.logEnd = logEnd;
  }

  /** The first offset that was not read yet. */
  long next() {
    return next;
  }

  /** The lowest position it can still take a session on from. */
  long joinableFrom() {
    return Math.max(start, next);
  }

  /** Whether it has not come to its start, so that all it has done is to move marks. */
  boolean isFolding() {
    return next <= start && tail == null;
  }

  int size() {
    return sessions.size();
  }

  /** So many bytes of records were looked at. */
  long examinedBytes() {
    return examinedBytes;
  }

  /** Whether there is somebody left to read for. */
  boolean isWanted() {
    return !sessions.isEmpty();
  }

  /** Whether all have to leave. */
  boolean isEnough() {
    return stopped || examinedBytes >= MAX_EXAMINED_BYTES || heldBytes >= MAX_HELD_BYTES;
  }

  /** Takes a session on that is to be given what lies at its position and after. */
  void join(CatchUpSession session) {
    sessions.add(session);
    session.board(examinedBytes);
    index.add(session, session.addresses());
  }

  /**
   * The next record; false when the lap ends before it, since whether it is a repetition is not
   * known any more, or not yet.
   */
  boolean read(long offset, long timestampMs, byte @Nullable [] value, CatchUpSink left) {
    PartitionLog.Finding found = tail == null ? PartitionLog.Finding.NEW : tail.finding(offset);
    if (found == PartitionLog.Finding.UNKNOWN) {
      advance(offset);
      stopped = true;
      return false;
    }
    examinedBytes += value == null ? 0 : value.length;
    LogEntry entry = reader.read(offset, timestampMs, value);
    pass(found == PartitionLog.Finding.REPETITION ? null : entry, offset, left);
    return true;
  }

  /** The next record, which cannot be read. */
  void lost(long offset, long nowMs, CatchUpSink left) {
    pass(reader.lost(offset, nowMs), offset, left);
  }

  private void pass(@Nullable LogEntry entry, long offset, CatchUpSink left) {
    if (entry != null) {
      give(entry);
    }
    next = offset + 1;
    leave(full, left);
    full.clear();
  }

  private void give(LogEntry entry) {
    String channel = entry.channel();
    if (entry.isUpstreamGap()) {
      sessions.forEach(session -> addReceiver(session, entry));
    } else if (channel != null) {
      index.forEach(channel, session -> addReceiver(session, entry));
    } else {
      for (String user : entry.users()) {
        index.forEach(user, session -> addReceiver(session, entry));
      }
    }
    if (!receivers.isEmpty()) {
      heldBytes += entry.weight();
      long share = entry.weight() / receivers.size() + REFERENCE_BYTES;
      receivers.forEach(session -> give(session, entry, share));
      receivers.clear();
    }
  }

  /** One that follows several of an entry's users receives it once. */
  private void addReceiver(CatchUpSession session, LogEntry entry) {
    if (entry.offset() >= session.position()) {
      receivers.add(session);
    }
  }

  private void give(CatchUpSession session, LogEntry entry, long share) {
    session.give(entry, share);
    if (session.foundBytes() >= MAX_FOUND_BYTES) {
      full.add(session);
    }
  }

  /** Nothing lies before this offset that was not read. */
  void advance(long to) {
    next = Math.max(next, to);
  }

  /** Lets those go that have come where they wanted, or that nobody waits for any more. */
  void leaveThoseDone(CatchUpSink left) {
    leave(
        sessions.stream()
            .filter(
                session ->
                    session.isCancelled()
                        || (next >= session.position()
                            && next >= Math.min(session.joinAt(), logEnd)))
            .toList(),
        left);
  }

  /** Lets all go. */
  void leaveAll(CatchUpSink left) {
    leave(List.copyOf(sessions), left);
  }

  /** Each goes on by itself from where the lap is. */
  private void leave(Collection<CatchUpSession> those, CatchUpSink left) {
    for (CatchUpSession session : those) {
      sessions.remove(session);
      index.remove(session, session.addresses());
      session.leave(examinedBytes);
      session.foldedTo(fold());
      left.onCatchUp(session);
    }
  }

  /** A copy of its fold as it stands. */
  Fold fold() {
    return new Fold(foldedFrom, next, reader.copy(), tail);
  }

  /**
   * What was folded of a partition.
   *
   * @param from the first offset that was
   * @param to the first that was not
   * @param reader its marks
   * @param tail knows the repetitions, since the marks begin too late to; null when they do not
   */
  record Fold(long from, long to, LaneRecordReader reader, @Nullable PartitionLog tail) {
    Fold copy() {
      return new Fold(from, to, reader.copy(), tail);
    }

    /** Whether one can go on from here. */
    boolean isUsable() {
      return tail == null || tail.finding(to) != PartitionLog.Finding.UNKNOWN;
    }
  }
}
