package dev.tailrace.edge.catchup;

import dev.tailrace.edge.log.LogEntry;
import dev.tailrace.edge.log.PartitionLog;
import dev.tailrace.schemas.LanePartition;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One reader's way from an old position to its partition log: asked for one bounded chunk after the
 * other, keeping position and fold in between, so that each chunk goes on where the last one ended.
 *
 * <p>Threading: handed to and fro. A delivery agent owns it until it offers it to the {@link
 * CatchUpProxy}, and again from the moment its sink is called. {@link #cancel} and {@link #letGo}
 * at any time.
 */
public final class CatchUpSession {
  private final LanePartition partition;
  private final Set<String> addresses;
  private final CatchUpSink sink;
  private final LongConsumer examined;
  private final List<LogEntry> entries = new ArrayList<>();
  private final AtomicLong charged = new AtomicLong();
  private volatile @Nullable ChunkBudget budget;
  private long foundBytes;
  private long boardedAtBytes;
  private long share;
  private long position;
  private long joinAt;
  private @Nullable PartitionLog log;
  private long arrival;
  private ScanLap.@Nullable Fold fold;
  private long lostBefore;
  private long firstSurvivorMs;
  private boolean failed;
  private volatile boolean cancelled;

  /** A session that begins at a position, and is charged to nobody. */
  public CatchUpSession(
      LanePartition partition, long position, Set<String> addresses, CatchUpSink sink) {
    this(partition, position, addresses, sink, bytes -> {});
  }

  /**
   * A session that begins at a position.
   *
   * @param examined hears, on the catch-up thread, of the bytes of records that were looked at for
   *     it, whoever else they were for, and whether anybody waits for it still
   */
  public CatchUpSession(
      LanePartition partition,
      long position,
      Set<String> addresses,
      CatchUpSink sink,
      LongConsumer examined) {
    this.partition = partition;
    this.position = position;
    this.addresses = addresses;
    this.sink = sink;
    this.examined = examined;
    clearChunk();
  }

  /** What it reads. */
  public LanePartition partition() {
    return partition;
  }

  /** Next offset to examine. */
  public long position() {
    return position;
  }

  /** The next chunk may end once the position is where this log begins. */
  public void join(PartitionLog known) {
    join(known, Long.MAX_VALUE);
  }

  /** The next chunk may end once the position is where this log begins, or has come so far. */
  public void join(PartitionLog known, long stopAt) {
    this.log = known;
    this.joinAt = Math.min(known.startOffset(), stopAt);
  }

  /** What the last chunk found for its addresses, in order; whoever takes it over clears it. */
  public List<LogEntry> entries() {
    return entries;
  }

  /** Whether the last chunk found that retention had removed the position it was to begin at. */
  public boolean isTruncated() {
    return lostBefore >= 0;
  }

  /** The offset the last chunk began at instead, when it was truncated. */
  public long firstSurviving() {
    return lostBefore;
  }

  /** When the first surviving record was written, milliseconds; negative if unknown. */
  public long firstSurvivorMs() {
    return firstSurvivorMs;
  }

  /** Whether Kafka did not answer; the chunk may be asked for again. */
  public boolean isFailed() {
    return failed;
  }

  /** Nobody waits for it any more: it is read no further, and its sink is not called again. */
  public void cancel() {
    cancelled = true;
    letGo();
  }

  /**
   * What the last chunk holds is bounded by somebody else from now on, or is no more: it does not
   * keep others from being read for.
   */
  public void letGo() {
    long bytes = charged.getAndSet(0);
    ChunkBudget charging = budget;
    if (bytes > 0 && charging != null) {
      charging.giveBack(bytes);
    }
  }

  /** What the chunk holds counts until {@link #letGo}. */
  void charge(ChunkBudget charging) {
    charging.take(share);
    budget = charging;
    charged.set(share);
    if (cancelled) {
      letGo();
    }
  }

  boolean isCancelled() {
    return cancelled;
  }

  long joinAt() {
    return joinAt;
  }

  /** The log that it is to join. */
  @Nullable PartitionLog log() {
    return log;
  }

  Set<String> addresses() {
    return addresses;
  }

  /** Of the sessions of its partition, the how-manieth it came as. */
  long arrival() {
    return arrival;
  }

  void setArrival(long number) {
    this.arrival = number;
  }

  /** The marks of all that was folded for it so far; null when nothing was. */
  ScanLap.@Nullable Fold fold() {
    return fold;
  }

  /**
   * What was folded from the position on was examined as well; below it records only move marks.
   */
  void foldedTo(ScanLap.Fold folded) {
    this.fold = folded;
    this.position = Math.max(position, folded.to());
  }

  void dropFold() {
    fold = null;
  }

  void clearChunk() {
    entries.clear();
    foundBytes = 0;
    share = 0;
    lostBefore = -1;
    firstSurvivorMs = -1;
    failed = false;
  }

  /**
   * An entry for it, at its position or after.
   *
   * @param heldBytes its share of the memory that the entry takes
   */
  void give(LogEntry entry, long heldBytes) {
    foundBytes += entry.value().length;
    share += heldBytes;
    position = entry.nextOffset();
    entries.add(entry);
  }

  /** It gets on a lap that has looked at so many bytes. */
  void board(long lapBytes) {
    boardedAtBytes = lapBytes;
  }

  /** It leaves the lap. */
  void leave(long lapBytes) {
    examined.accept(lapBytes - boardedAtBytes);
  }

  /** What the chunk holds so far. */
  long foundBytes() {
    return foundBytes;
  }

  /** Goes on at what survived. Whoever moves the position past a loss says so with it. */
  void truncated(long firstSurviving) {
    position = firstSurviving;
    lostBefore = firstSurviving;
    fold = null; // it began below what is left
  }

  void setFirstSurvivorMs(long survivorMs) {
    firstSurvivorMs = survivorMs;
  }

  void fail() {
    failed = true;
  }

  void done() {
    sink.onCatchUp(this);
  }
}
