package dev.tailrace.edge.log;

import dev.tailrace.schemas.LanePartition;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * One delivery of a lane partition, as it lies in a partition log or comes from a catch-up scan:
 * where it is, whom it is for, its bytes, and the encodings made of it so far.
 *
 * <p>Threading: immutable but for the encodings and the mark that it is wanted. Encodings are made
 * lazily by whichever delivery agent needs one first.
 */
public final class LogEntry {
  /** What an entry weighs beside its bytes: objects, references, addresses. */
  static final int OVERHEAD_BYTES = 256;

  private static final AtomicIntegerFieldUpdater<LogEntry> WANTED =
      AtomicIntegerFieldUpdater.newUpdater(LogEntry.class, "wanted");

  private final LanePartition partition;
  private final long offset;
  private final long timestampMs;
  private final long ttlMs;
  private final @Nullable String channel;
  private final List<String> users;
  private final String conflationKey;
  private final boolean upstreamGap;
  private final byte[] value;
  private @Nullable TraceMark trace;
  private @Nullable LogSegment segment;
  private volatile int wanted;
  private volatile @Nullable Encoding encodings;

  /** Bytes of one kind, and what was made before them: of most entries there is one. */
  private static final class Encoding {
    private final int index;
    private final byte[] bytes;
    private final @Nullable Encoding before;

    Encoding(int index, byte[] bytes, @Nullable Encoding before) {
      this.index = index;
      this.bytes = bytes;
      this.before = before;
    }
  }

  /**
   * A delivery.
   *
   * @param timestampMs the lane record's time, milliseconds since the epoch
   * @param ttlMs how long after that it may still be given to a client; negative for ever
   * @param channel the channel it was published on; null for personal events and upstream gaps
   * @param conflationKey names what it is the newest state of; empty when it names nothing
   * @param upstreamGap whether it says that events were lost before they could be read, and is for
   *     everybody on the partition
   * @param value the {@code Delivery} message; not to be modified
   */
  public LogEntry(
      LanePartition partition,
      long offset,
      long timestampMs,
      long ttlMs,
      @Nullable String channel,
      List<String> users,
      String conflationKey,
      boolean upstreamGap,
      byte[] value) {
    this.partition = partition;
    this.offset = offset;
    this.timestampMs = timestampMs;
    this.ttlMs = ttlMs;
    this.channel = channel;
    this.users = users;
    this.conflationKey = conflationKey;
    this.upstreamGap = upstreamGap;
    this.value = value;
  }

  /** Where it lies. */
  public LanePartition partition() {
    return partition;
  }

  /** Its offset. */
  public long offset() {
    return offset;
  }

  /** The position just after it. */
  public long nextOffset() {
    return offset + 1;
  }

  /** The lane record's time, milliseconds since the epoch. */
  public long timestampMs() {
    return timestampMs;
  }

  /** Whether it has a time to live. */
  public boolean mayExpire() {
    return ttlMs >= 0;
  }

  /** Whether its time to live is over. */
  public boolean isExpired(long nowMs) {
    return ttlMs >= 0 && nowMs - timestampMs > ttlMs;
  }

  /** The channel it was published on; null for personal events. */
  public @Nullable String channel() {
    return channel;
  }

  /** The users it is for. */
  public List<String> users() {
    return users;
  }

  /** What it is the newest state of; empty when it does not say. */
  public String conflationKey() {
    return conflationKey;
  }

  /** Whether it tells of events lost before they could be read. */
  public boolean isUpstreamGap() {
    return upstreamGap;
  }

  /** The {@code Delivery} message; not to be modified. */
  public byte[] value() {
    return value;
  }

  /** Whether it is for somebody who follows one of these addresses of its lane. */
  public boolean matches(AddressSet addresses) {
    if (upstreamGap) {
      return true;
    }
    if (channel != null) {
      return addresses.contains(channel);
    }
    for (int i = 0; i < users.size(); i++) {
      if (addresses.contains(users.get(i))) {
        return true;
      }
    }
    return false;
  }

  /** The encoding made earlier, or null. */
  public byte @Nullable [] encoding(int index) {
    for (Encoding made = encodings; made != null; made = made.before) {
      if (made.index == index) {
        return made.bytes;
      }
    }
    return null;
  }

  /** Keeps an encoding, the first of its kind; its bytes count against the log's bound. */
  public synchronized void keepEncoding(int index, byte[] bytes) {
    if (encoding(index) != null) {
      return;
    }
    encodings = new Encoding(index, bytes, encodings);
    LogSegment owner = segment;
    if (owner != null) {
      owner.addEncodedBytes(bytes.length);
    }
  }

  /** Says that somebody here follows it; counted once, whichever delivery agents say so. */
  public void markWanted() {
    LogSegment owner = segment;
    if (owner != null && wanted == 0 && WANTED.compareAndSet(this, 0, 1)) {
      owner.addWanted();
    }
  }

  /** What it takes in memory, in bytes, without its encodings. */
  public int weight() {
    return OVERHEAD_BYTES + value.length + (trace == null ? 0 : trace.weight());
  }

  /** Its trace is kept; called by the tail before the entry is published. */
  public void setTrace(TraceMark mark) {
    trace = mark;
  }

  /** Of its trace; null when that is not kept. */
  public @Nullable TraceMark trace() {
    return trace;
  }

  /** Called by the tail before the entry is published. */
  void setSegment(LogSegment owner) {
    this.segment = owner;
  }
}
