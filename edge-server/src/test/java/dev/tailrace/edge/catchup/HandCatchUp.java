package dev.tailrace.edge.catchup;

import dev.tailrace.edge.agent.ManualClock;
import dev.tailrace.edge.lane.MemoryLanes;
import dev.tailrace.edge.log.PartitionLog;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** A real catch-up reader without a thread: it reads when it is told to. */
public final class HandCatchUp implements CatchUpRequests, CatchUpListener {
  private final Queue<CatchUpSession> requests = new ArrayDeque<>();
  private final Queue<LastEventsSearch> searches = new ArrayDeque<>();
  private final MemoryLanes.LaneConsumer consumer;
  private final ChunkBudget budget;
  private final CatchUpReader reader;
  private @Nullable CatchUpSession last;
  private boolean refusing;
  private int offered;
  private int laps;
  private int wakes;
  private long scannedBytes;
  private long givenBytes;

  /** Reads these lanes. */
  public HandCatchUp(MemoryLanes lanes, ManualClock clock) {
    this(lanes, clock, Long.MAX_VALUE);
  }

  /** Reads these lanes, and so far ahead. */
  public HandCatchUp(MemoryLanes lanes, ManualClock clock, long maxHeldBytes) {
    consumer = lanes.consumer();
    budget = new ChunkBudget(maxHeldBytes, () -> wakes++);
    reader =
        new CatchUpReader(
            0,
            consumer,
            consumer.offsets(),
            lanes.slots(),
            requests,
            searches,
            clock,
            budget,
            this,
            () -> {});
  }

  /** Reads a slice for those who asked, if anybody did. */
  public int turn() {
    return reader.doWork();
  }

  /** Reads all that is asked for. */
  public void settle() {
    int work;
    do {
      work = turn();
    } while (work > 0);
  }

  /** What it reads with. */
  public MemoryLanes.LaneConsumer consumer() {
    return consumer;
  }

  /** Its queue is full, or is not any more. */
  public void setRefusing(boolean full) {
    refusing = full;
  }

  /** A log that begins at an offset and knows nothing of what lies before. */
  static PartitionLog logFrom(long offset) {
    return new PartitionLog(new LanePartition(Lane.CHANNELS, 1, 1), offset, 1);
  }

  /** Sessions that wait. */
  public int waiting() {
    return requests.size();
  }

  /** Sessions that it has taken and not handed back, as of its last turn. */
  public int accepted() {
    return reader.waiting();
  }

  /** The session that a chunk was last asked for. */
  public CatchUpSession last() {
    return Objects.requireNonNull(last, "none");
  }

  /** Chunks ever asked for. */
  public int offered() {
    return offered;
  }

  /** Bytes read ahead that nobody has taken, nor bounds otherwise. */
  public long heldBytes() {
    return budget.used();
  }

  /** How often there was room again. */
  public int wakes() {
    return wakes;
  }

  /** Laps begun. */
  public int laps() {
    return laps;
  }

  /** Bytes read. */
  public long scannedBytes() {
    return scannedBytes;
  }

  /** Bytes given to sessions that were handed back. */
  public long givenBytes() {
    return givenBytes;
  }

  @Override
  public void onLap() {
    laps++;
  }

  @Override
  public void onScanned(long bytes) {
    scannedBytes += bytes;
  }

  @Override
  public void onGiven(long bytes) {
    givenBytes += bytes;
  }

  @Override
  public boolean offer(CatchUpSession session) {
    session.letGo();
    if (refusing) {
      return false;
    }
    offered++;
    last = session;
    return requests.add(session);
  }

  @Override
  public boolean offer(LastEventsSearch search) {
    return !refusing && searches.add(search);
  }
}
