package dev.tailrace.edge.delivery;

import dev.tailrace.edge.catchup.CatchUpSession;
import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.cursor.StartPosition;
import dev.tailrace.edge.log.AddressSet;
import dev.tailrace.edge.log.LogEntry;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One connection's position in one lane partition, and the addresses it follows there. A stream or
 * a poll has one per partition, shared by its channels; a WebSocket has one per subscription.
 *
 * <pre>
 *   OPENING --(position known)--> LIVE &lt;--(position inside the log's window)-- CATCHING_UP
 *      |                            |                                              ^
 *      |                            +------(position below the window)-------------+
 *      +---------------------------(position below the window)--------------------+
 * </pre>
 *
 * <p>One whose addresses have left its partition ({@link SlotMoves}) is {@code PARKED} when it has
 * come to their end there, and another one goes on for them elsewhere.
 *
 * <p>Threading: the connection's delivery agent.
 */
final class LaneReader implements AddressSet {
  /** Where it stands towards its partition log. */
  enum State {
    /** Its position is not known yet. */
    OPENING,
    /** It reads from Kafka, a chunk at a time. */
    CATCHING_UP,
    /** It reads from the partition log. */
    LIVE,
    /** Its addresses have left, and it has all there is of them here; it is not moved any more. */
    PARKED
  }

  /** Of no subscribe command. */
  static final long NO_REF = -1;

  /** It starts wherever the partition's end is. */
  static final long LATEST = -1;

  private static final long NOTHING_PENDING = -1;

  private final Connection connection;
  private final LanePartition partition;
  private Set<String> addresses;
  private final long ref;
  private final @Nullable ReaderTerms terms;
  private @Nullable ReaderRange range;
  private State state = State.OPENING;
  private long position;
  private long timeMs;
  private long pendingEnd = NOTHING_PENDING;
  private long @Nullable [] matches;
  private boolean announced;
  private boolean awaiting;
  private int question;
  private boolean reading;
  private boolean read;
  private Notice.Gap.@Nullable Reason lossReason;
  private @Nullable CatchUpSession session;
  private final ReaderChunk chunk = new ReaderChunk();
  private Notice.@Nullable Gap gap;
  private long positionBeforeGap = -1;
  private long leavesAt = Long.MAX_VALUE;
  private long leavesSinceMs;
  private @Nullable LanePartition next;
  private boolean followed;
  private boolean resuming;

  /**
   * A reader.
   *
   * @param position next offset wanted, or {@link #LATEST}
   * @param ref of the subscribe command it came from; negative when there was none
   * @param terms null when it is simply replayed what it lacks
   */
  LaneReader(
      Connection connection,
      LanePartition partition,
      Set<String> addresses,
      long position,
      long ref,
      @Nullable ReaderTerms terms) {
    this.connection = connection;
    this.partition = partition;
    this.addresses = Set.copyOf(addresses);
    this.position = position;
    this.ref = ref;
    this.terms = terms;
  }

  /** Whose it is. */
  Connection connection() {
    return connection;
  }

  /** What it reads. */
  LanePartition partition() {
    return partition;
  }

  /** The users or channels it follows there. */
  Set<String> addresses() {
    return addresses;
  }

  /** It goes on without these, and has others left. */
  void leave(Set<String> left) {
    Set<String> rest = new HashSet<>(addresses);
    rest.removeAll(left);
    addresses = Set.copyOf(rest);
  }

  /** Where the first of its addresses leave it: they have no events here at or after that. */
  long leavesAt() {
    return leavesAt;
  }

  /** When it was settled that they do; milliseconds since the epoch. */
  long leavesSinceMs() {
    return leavesSinceMs;
  }

  /** Sets both. */
  void setLeaves(long end, long atMs) {
    this.leavesAt = end;
    this.leavesSinceMs = atMs;
  }

  /** Whether it stands somewhere, with nothing left to be told before it is given anything more. */
  boolean isSettled() {
    return gap == null && (state == State.LIVE || state == State.CATCHING_UP);
  }

  /** It is parked: it has come to where its addresses leave it, and they are to go on there. */
  void park(LanePartition goOnIn) {
    state = State.PARKED;
    next = goOnIn;
  }

  /** Where its addresses are to go on, if it is parked. */
  @Nullable LanePartition next() {
    return next;
  }

  /** Whether its partition is followed for it; nobody waits for one that is not. */
  boolean isFollowed() {
    return followed;
  }

  /** Sets or clears that. */
  void setFollowed(boolean there) {
    this.followed = there;
  }

  /** Whether it goes on from a cursor, and what came of that is not known yet. */
  boolean isResuming() {
    return resuming;
  }

  /** Sets or clears that. */
  void setResuming(boolean unknown) {
    this.resuming = unknown;
  }

  /** The channels it follows; none for a user's own lane. */
  List<String> channels() {
    return partition.lane() == Lane.CHANNELS ? addresses.stream().sorted().toList() : List.of();
  }

  @Override
  public boolean contains(String address) {
    return addresses.contains(address);
  }

  /** The subscribe command it came from; negative when there was none. */
  long ref() {
    return ref;
  }

  /** What holds for it beside the usual; null when nothing does. */
  @Nullable ReaderTerms terms() {
    return terms;
  }

  /** Whether it gets the newest of each conflation key only. */
  boolean isConflating() {
    return terms != null && terms.isConflating();
  }

  /** Whether something may wait for it in the log that it is not to be given yet. */
  boolean isHeldBack(long nowMs) {
    return isPending() && terms != null && nowMs < terms.dueAtMs();
  }

  /** Where it stands. */
  State state() {
    return state;
  }

  /** Moves on. */
  void setState(State next) {
    this.state = next;
  }

  /** Next offset to examine, or {@link #LATEST}. */
  long position() {
    return position;
  }

  /** Moves its position. */
  void setPosition(long next) {
    this.position = next;
  }

  /**
   * Up to when all has been given to it, about, by the times of the lane's records: milliseconds
   * since the epoch; 0 when that is not known.
   */
  long timeMs() {
    return timeMs;
  }

  /** That is later now. */
  void setTimeMs(long atMs) {
    this.timeMs = Math.max(timeMs, atMs);
  }

  /** When its cursor of elsewhere was made, if it begins by that time; else negative. */
  long approximateFromMs() {
    return range == null ? -1 : range.approximateFromMs();
  }

  /** Whether the log may hold something for it at or after its position. */
  boolean isPending() {
    return pendingEnd != NOTHING_PENDING;
  }

  /**
   * The position up to which the log may hold something for it; behind it nothing has been matched,
   * and the next may be anybody's.
   */
  long pendingEnd() {
    return pendingEnd;
  }

  /**
   * Where all that the log holds for it below {@link #pendingEnd} lies, in order, with some before
   * its position, perhaps; null when it is to be looked for. Not to be modified: it is shared.
   */
  long @Nullable [] matches() {
    return matches;
  }

  /** The log holds something for it below this position. */
  void setPendingUntil(long end) {
    setPending(Math.max(pendingEnd, end), null);
  }

  /** The same, when nothing else is pending and it is known, perhaps, where all of it lies. */
  void setPending(long end, long @Nullable [] offsets) {
    this.pendingEnd = end;
    this.matches = offsets;
  }

  /** The log holds nothing more for it, as far as it has been matched. */
  void clearPending() {
    setPending(NOTHING_PENDING, null);
  }

  /** Whether a turn would have something of it to write, or to ask for. */
  boolean hasWaiting() {
    return isPending() || gap != null || (state == State.CATCHING_UP && !reading);
  }

  /** Whether its starting position was found, so that the connection's cursor tells of it. */
  boolean isAnnounced() {
    return announced;
  }

  /** It was. */
  void setAnnounced() {
    this.announced = true;
  }

  /** What it is for, if that is not all from a known position on. */
  @Nullable ReaderRange range() {
    return range;
  }

  /** What is to be asked before its position and its end are known; null when both are. */
  @Nullable StartPosition unknown() {
    return range == null ? null : range.unknown();
  }

  /** Whether its end is to be asked for. */
  boolean isStopUnknown() {
    return range != null && range.isStopUnknown();
  }

  /** It is for that only. */
  void setRange(@Nullable ReaderRange only) {
    range = only;
  }

  /** The answer to {@link #unknown}. */
  void found(long offset) {
    if (range == null) {
      throw new IllegalStateException("nothing was asked");
    }
    if (range.isStopUnknown()) {
      range.stopAt(offset);
    } else {
      position = offset;
      range.begin();
    }
  }

  /** The answer, when its addresses each begin somewhere. */
  void found(Map<String, Long> firsts) {
    position = Collections.min(firsts.values());
    if (range != null) {
      range.begin(firsts);
    }
  }

  /** Whether an event lies before where its channel begins. */
  boolean beginsBehind(LogEntry entry) {
    return range != null && range.beginsBehind(entry);
  }

  /** The log was swept so far: if it has an end there, and nothing waits for it, it is done. */
  void sweptTo(long end) {
    if (state == State.LIVE && !isPending() && isBounded() && end >= stopAt()) {
      position = Math.max(position, stopAt());
    }
  }

  /** Whether it has an end. */
  boolean isBounded() {
    return range != null && range.isBounded();
  }

  /** Where it ends. */
  long stopAt() {
    return range == null ? Long.MAX_VALUE : range.stopAt();
  }

  /** Whether all that it is for was looked at, here and wherever its addresses have gone. */
  boolean isDone() {
    return isBounded()
        && (state == State.LIVE || state == State.CATCHING_UP)
        && position >= stopAt()
        && stopAt() < leavesAt;
  }

  /** Nobody needs what is read or asked for it any more. */
  void cancel() {
    setSession(null);
    if (range != null) {
      range.cancel();
    }
  }

  /** Whether something was asked that its position hangs on. */
  boolean isAwaiting() {
    return awaiting;
  }

  /** Sets or clears that. */
  void setAwaiting(boolean waiting) {
    this.awaiting = waiting;
  }

  /** The number of a new question. */
  int nextQuestion() {
    return ++question;
  }

  /** Whether it still waits for the answer to this question, and not to one put since. */
  boolean isAwaitingAnswer(int asked) {
    return awaiting && asked == question;
  }

  /** Starts over from a position: its partition log is gone, and all that was asked about it. */
  void reopen(long at) {
    position = at;
    state = State.OPENING;
    clearPending();
    awaiting = false;
    cancel();
    dropChunk();
  }

  /** Its catch-up session, if it ever needed one since it was last live. */
  @Nullable CatchUpSession session() {
    return session;
  }

  /** Sets or drops the session; one that is dropped is read for no more. */
  void setSession(@Nullable CatchUpSession next) {
    if (session != null) {
      session.cancel();
    }
    this.session = next;
  }

  /** Whether a chunk was asked for and is not back. */
  boolean isReading() {
    return reading;
  }

  /** Sets or clears that. */
  void setReading(boolean outstanding) {
    this.reading = outstanding;
  }

  /** Whether its first read from Kafka is not back. */
  boolean awaitsFirstRead() {
    return state == State.CATCHING_UP && !read;
  }

  /** One came. */
  void setRead() {
    this.read = true;
  }

  /**
   * Why what lies before its position is lost, found out before the position was known; or null.
   */
  Notice.Gap.@Nullable Reason lossReason() {
    return lossReason;
  }

  /** Sets or clears that. */
  void setLossReason(Notice.Gap.@Nullable Reason reason) {
    this.lossReason = reason;
  }

  /** What catch-up brought and was not written yet. */
  ReaderChunk chunk() {
    return chunk;
  }

  /** The chunk waits for somebody else: {@link HeldEvents} bounds it, it delays no catch-up. */
  void holdChunkHere() {
    if (session != null) {
      session.letGo();
    }
  }

  /** Lets the rest of the chunk go, and its session: it is to be read again from the position. */
  void dropChunk() {
    reading = false;
    setSession(null);
    chunk.clear();
  }

  /** What the client must be told before anything newer. */
  Notice.@Nullable Gap gap() {
    return gap;
  }

  /**
   * Sets that; of two that were not told, one tells of both.
   *
   * @param before the position that the gap begins at; negative when there is none in this log
   */
  void setGap(Notice.Gap untold, long before) {
    if (gap == null || positionBeforeGap < 0) {
      positionBeforeGap = before;
    }
    gap = gap == null ? untold : gap.with(untold);
  }

  /** The client was told. */
  void gapTold() {
    gap = null;
    positionBeforeGap = -1;
  }

  /** Where the gap begins that was not told yet; negative without one, or when that is unknown. */
  long positionBeforeGap() {
    return positionBeforeGap;
  }
}
