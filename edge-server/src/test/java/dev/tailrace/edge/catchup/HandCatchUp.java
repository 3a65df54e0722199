package dev.tailrace.edge.catchup;

import dev.tailrace.edge.agent.ManualClock;
import dev.tailrace.edge.lane.MemoryLanes;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** A real catch-up reader without a thread: it reads a chunk when it is told to. */
public final class HandCatchUp implements CatchUpRequests {
  private final Queue<CatchUpSession> requests = new ArrayDeque<>();
  private final MemoryLanes.LaneConsumer consumer;
  private final CatchUpReader reader;
  private @Nullable CatchUpSession last;
  private boolean refusing;
  private int offered;

  /** Reads these lanes. */
  public HandCatchUp(MemoryLanes lanes, ManualClock clock) {
    consumer = lanes.consumer();
    reader = new CatchUpReader(0, consumer, consumer.offsets(), requests, clock, () -> {});
  }

  /** Reads one chunk, if one is asked for. */
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

  /** Sessions that wait. */
  public int waiting() {
    return requests.size();
  }

  /** The session that a chunk was last asked for. */
  public CatchUpSession last() {
    return Objects.requireNonNull(last, "none");
  }

  /** Chunks ever asked for. */
  public int offered() {
    return offered;
  }

  @Override
  public boolean offer(CatchUpSession session) {
    if (refusing) {
      return false;
    }
    offered++;
    last = session;
    return requests.add(session);
  }
}
