package dev.tailrace.edge.catchup;

import dev.tailrace.edge.lane.LaneRecordReader;
import dev.tailrace.edge.log.AddressSet;
import dev.tailrace.edge.log.LogEntry;
import dev.tailrace.schemas.LanePartition;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One reader's way from an old position to its partition log: asked for one bounded chunk after the
 * other, keeping position and fold in between, so that each chunk goes on where the last one ended.
 *
 * <p>Threading: handed to and fro. A delivery agent owns it until it offers it to the {@link
 * CatchUpProxy}, and again from the moment its sink is called. {@link #cancel} at any time.
 */
public final class CatchUpSession {
  private final LanePartition partition;
  private final AddressSet addresses;
  private final CatchUpSink sink;
  private final List<LogEntry> entries = new ArrayList<>();
  private long position;
  private long joinAt;
  private @Nullable CompletableFuture<Long> foldStart;
  private long foldedFrom;
  private long foldedTo;
  private @Nullable LaneRecordReader reader;
  private long lostBefore;
  private long firstSurvivorMs;
  private boolean failed;
  private volatile boolean cancelled;

  /** A session that begins at a position. */
  public CatchUpSession(
      LanePartition partition, long position, AddressSet addresses, CatchUpSink sink) {
    this.partition = partition;
    this.position = position;
    this.addresses = addresses;
    this.sink = sink;
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

  /** The next chunk may end once the position is here: the start of the partition log. */
  public void setJoinAt(long offset) {
    this.joinAt = offset;
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
  }

  boolean isCancelled() {
    return cancelled;
  }

  long joinAt() {
    return joinAt;
  }

  AddressSet addresses() {
    return addresses;
  }

  @Nullable LaneRecordReader reader() {
    return reader;
  }

  /** Folds with this reader, which has folded from one offset up to another. */
  LaneRecordReader startFold(long from, long to, LaneRecordReader started) {
    foldedFrom = from;
    setFoldedTo(to);
    reader = started;
    return started;
  }

  /** The first offset that was folded. */
  long foldedFrom() {
    return foldedFrom;
  }

  /** The leader's answer where the fold is to start; null while that was not asked. */
  @Nullable CompletableFuture<Long> foldStart() {
    return foldStart;
  }

  void setFoldStart(@Nullable CompletableFuture<Long> answer) {
    this.foldStart = answer;
  }

  /** Next offset to fold: below {@link #position} records only move the marks. */
  long foldedTo() {
    return foldedTo;
  }

  /** What was folded from the position on was examined as well. */
  void setFoldedTo(long offset) {
    this.foldedTo = offset;
    this.position = Math.max(position, offset);
  }

  void clearChunk() {
    entries.clear();
    lostBefore = -1;
    firstSurvivorMs = -1;
    failed = false;
  }

  /** Goes on at what survived. Whoever moves the position past a loss says so with it. */
  void truncated(long firstSurviving) {
    position = firstSurviving;
    lostBefore = firstSurviving;
    reader = null; // its fold began below what is left
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
