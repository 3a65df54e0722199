package dev.tailrace.edge.log;

import dev.tailrace.schemas.LanePartition;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The window of a lane partition that an edge holds in memory. Deliveries between {@link
 * #startOffset} and {@link #endOffset} can be read from any position, by offset, never by count:
 * offsets have holes. When the window outgrows its bound the oldest segment goes; who still needs
 * it reads Kafka.
 *
 * <p>A segment that some delivery agent has not swept stays, even over the bound: {@link #isFull}
 * then asks the tail to wait. Agents sweep without regard to slow clients, each of whom has had a
 * turn when he can be written to, so the wait is a round of turns.
 *
 * <p>Threading: one writer, the tail. Readers see an entry once {@link #endOffset} lies above it. A
 * reader keeps nothing but positions, so an evicted segment is free to be collected.
 */
public final class PartitionLog {
  /** {@link #read}: the position lies below the window. */
  public static final long BELOW_START = -1;

  /** {@link #leaderEnd}: nobody has said. */
  public static final long UNKNOWN_END = -1;

  /** All that Kafka had acknowledged at that time lies below this end. */
  private record Whole(long end, long atMs) {}

  /** What readers see of the segments; never changed, only replaced. */
  private static final class Window {
    private final LogSegment[] segments;
    private final long startOffset;

    Window(LogSegment[] segments, long startOffset) {
      this.segments = segments;
      this.startOffset = startOffset;
    }
  }

  private final LanePartition partition;
  private long capacityBytes; // the tail's
  private final List<AtomicLong> sweeps = new CopyOnWriteArrayList<>();
  private final LongAdder wanted = new LongAdder();
  private final Repetitions repetitions;
  private volatile Window window;
  private volatile long endOffset;
  private volatile @Nullable Whole whole;
  private volatile long leaderEnd = UNKNOWN_END;
  private volatile long survivingEnd = Long.MAX_VALUE;
  private volatile long truncatedAtMs;
  private volatile boolean closed;

  /**
   * An empty log.
   *
   * @param startOffset the first offset that may be delivered from it
   * @param capacityBytes bound of records and their encodings together
   */
  public PartitionLog(LanePartition partition, long startOffset, long capacityBytes) {
    this.partition = partition;
    this.capacityBytes = capacityBytes;
    this.repetitions = new Repetitions(startOffset);
    this.window = new Window(new LogSegment[] {new LogSegment(startOffset, wanted)}, startOffset);
    this.endOffset = startOffset;
  }

  /** Which partition this is the window of. */
  public LanePartition partition() {
    return partition;
  }

  /** First position that can be read. */
  public long startOffset() {
    return window.startOffset;
  }

  /** Position after the last record that was looked at. */
  public long endOffset() {
    return endOffset;
  }

  /**
   * All that Kafka had acknowledged at that time, in milliseconds since the epoch, lies below this
   * offset, which the log has come to; the tail only.
   */
  public void setWhole(long end, long atMs) {
    whole = new Whole(end, atMs);
  }

  /**
   * Up to when somebody has seen everything who has seen all below this position; in milliseconds
   * since the epoch, some seconds ago at best; 0 when that is not known.
   */
  public long wholeAtMs(long position) {
    Whole known = whole;
    return known == null || position < known.end() ? 0 : known.atMs();
  }

  /** Where the leader's log ended when it was last asked; the tail only. */
  public void setLeaderEnd(long offset) {
    leaderEnd = offset;
  }

  /** That; {@link #UNKNOWN_END} while it has not answered. */
  public long leaderEnd() {
    return leaderEnd;
  }

  /** What lies at this offset is a repetition; the tail only, before it moves the end past it. */
  public void addRepetition(long offset) {
    repetitions.add(offset);
  }

  /** What the tail found at an offset, if it has come there and still knows. */
  public Finding finding(long offset) {
    if (offset >= endOffset || closed) { // the partition's end was lost, perhaps, with what it knew
      return Finding.UNKNOWN;
    }
    boolean repetition = repetitions.contains(offset);
    if (offset < repetitions.knownFrom()) { // looked at last: it moves before one is forgotten
      return Finding.UNKNOWN;
    }
    return repetition ? Finding.REPETITION : Finding.NEW;
  }

  /** See {@link #finding}. */
  public enum Finding {
    /** Nothing that was there before; nothing at all, perhaps. */
    NEW,
    /** A repetition. */
    REPETITION,
    /** The tail has not come there, began after it, or has forgotten. */
    UNKNOWN
  }

  /** Appends deliveries and moves the end; the tail only. */
  public void append(List<LogEntry> entries, long newEndOffset) {
    for (LogEntry entry : entries) {
      LogSegment[] segments = window.segments;
      LogSegment last = segments[segments.length - 1];
      if (last.isFull(capacityBytes / 16)) {
        last = roll(entry.offset());
      }
      last.append(entry);
    }
    endOffset = newEndOffset;
    evict();
  }

  private LogSegment roll(long basePosition) {
    Window before = window;
    LogSegment[] segments = new LogSegment[before.segments.length + 1];
    System.arraycopy(before.segments, 0, segments, 0, segments.length - 1);
    LogSegment added = new LogSegment(basePosition, wanted);
    segments[segments.length - 1] = added;
    window = new Window(segments, before.startOffset);
    return added;
  }

  /** Sets how much of it may be held from now on; the tail only. {@link #evict} sees to it. */
  public void setCapacity(long bytes) {
    capacityBytes = bytes;
  }

  /** Lets the oldest segments go while the window is over its bound and they have been swept. */
  public void evict() {
    Window current = window;
    LogSegment[] segments = current.segments;
    long bytes = bytes();
    long swept = lowestSweep();
    int gone = 0;
    while (bytes > capacityBytes
        && gone < segments.length - 1
        && segments[gone + 1].basePosition() <= swept) {
      bytes -= segments[gone].bytes();
      gone++;
    }
    if (gone > 0) {
      LogSegment[] kept = new LogSegment[segments.length - gone];
      System.arraycopy(segments, gone, kept, 0, kept.length);
      window = new Window(kept, kept[0].basePosition());
    }
  }

  /** Bytes of the records held and of their encodings. */
  public long bytes() {
    long bytes = 0;
    for (LogSegment segment : window.segments) {
      bytes += segment.bytes();
    }
    return bytes;
  }

  /** Whether the tail must wait: over the bound, and the oldest segment is not yet swept by all. */
  public boolean isFull() {
    LogSegment[] segments = window.segments;
    return segments.length > 1
        && segments[1].basePosition() > lowestSweep()
        && bytes() > capacityBytes;
  }

  private long lowestSweep() {
    long lowest = Long.MAX_VALUE;
    for (AtomicLong sweep : sweeps) {
      lowest = Math.min(lowest, sweep.get());
    }
    return lowest;
  }

  /** How many of its entries, so far, somebody here followed when they came. */
  public long wanted() {
    return wanted.sum();
  }

  /**
   * Registers a delivery agent; it keeps the returned position up to date with what it gave turns.
   */
  public AtomicLong addSweep() {
    AtomicLong sweep = new AtomicLong(startOffset());
    sweeps.add(sweep);
    return sweep;
  }

  /** Takes a delivery agent's sweep out. */
  public void removeSweep(AtomicLong sweep) {
    sweeps.remove(sweep);
  }

  /**
   * Visits the entries from a position to the end, as it is at the call, until the visitor leaves
   * one.
   *
   * @return the next position: that of the entry left, or the end offset; {@link #BELOW_START} when
   *     the position lies below the window; the position itself when it lies past the end
   */
  public long read(long position, LogVisitor visitor) {
    long end = endOffset;
    if (position >= end) {
      return position;
    }
    Window current = window;
    if (position < current.startOffset) {
      return BELOW_START;
    }
    LogSegment[] segments = current.segments;
    for (int s = segmentOf(segments, position); s < segments.length; s++) {
      LogSegment segment = segments[s];
      int count = segment.count();
      for (int i = segment.indexOf(position); i < count; i++) {
        LogEntry entry = segment.entry(i);
        if (entry.offset() >= end) {
          return end;
        }
        if (!visitor.visit(entry)) {
          return entry.offset();
        }
      }
    }
    return end;
  }

  /**
   * The entry at this offset, below the end.
   *
   * @return null when it is no longer in the window, or there never was one
   */
  public @Nullable LogEntry entryAt(long offset) {
    Window current = window;
    if (offset < current.startOffset) {
      return null;
    }
    LogSegment segment = current.segments[segmentOf(current.segments, offset)];
    int index = segment.indexOf(offset);
    if (index == segment.count()) {
      return null;
    }
    LogEntry entry = segment.entry(index);
    return entry.offset() == offset ? entry : null;
  }

  private static int segmentOf(LogSegment[] segments, long position) {
    int low = 0;
    int high = segments.length - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (segments[middle].basePosition() <= position) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** Ends this log: its tail no longer follows the partition from here. */
  public void close() {
    closed = true;
  }

  /**
   * Ends this log, since that of the partition's leader is another one from an offset on: what lay
   * there was lost, and other records lie there now, or will.
   *
   * @param atMs when that was found out
   */
  public void closeTruncated(long firstLost, long atMs) {
    truncatedAtMs = atMs;
    survivingEnd = firstLost;
    closed = true;
  }

  /** What lies below this has not been lost, as far as it is known; of a closed log. */
  public long survivingEnd() {
    return survivingEnd;
  }

  /** When that was found out; 0 when nothing has been lost. */
  public long truncatedAtMs() {
    return truncatedAtMs;
  }

  /** Whether the tail gave this log up; followers must ask for a new one. */
  public boolean isClosed() {
    return closed;
  }
}
