package dev.tailrace.edge.catchup;

import dev.tailrace.edge.agent.Agent;
import dev.tailrace.edge.agent.AgentThread;
import dev.tailrace.edge.tail.LaneOffsets;
import dev.tailrace.schemas.SlotMaps;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;

/**
 * How delivery agents ask for catch-up. The sessions of a partition share its scans, partitions
 * take turns; the queue is bounded and may refuse.
 *
 * <p>Threading: any thread.
 */
public final class CatchUpProxy implements CatchUpRequests, AutoCloseable {
  private static final int MAX_SESSIONS = 32_768;
  private static final Duration MAX_IDLE = Duration.ofMillis(500);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final BlockingQueue<CatchUpSession> requests = new ArrayBlockingQueue<>(MAX_SESSIONS);
  private final BlockingQueue<LastEventsSearch> searches = new ArrayBlockingQueue<>(MAX_SESSIONS);
  private final ChunkBudget budget;
  private final CatchUpReader reader;
  private final AgentThread thread;

  /**
   * A reader that nobody turns yet.
   *
   * @param consumer its own from now on, see {@code LaneConsumers.forCatchUp}
   * @param slots the versions of the slot map that are known now
   * @param maxHeldBytes what it may read ahead for clients who take what is written to them
   */
  public CatchUpProxy(
      int index,
      Consumer<byte[], byte[]> consumer,
      LaneOffsets offsets,
      Supplier<SlotMaps> slots,
      InstantSource clock,
      long maxHeldBytes,
      CatchUpListener listener) {
    this.budget = new ChunkBudget(maxHeldBytes, this::wake);
    this.reader =
        new CatchUpReader(
            index,
            consumer,
            offsets,
            slots,
            requests,
            searches,
            clock,
            budget,
            listener,
            this::wake);
    this.thread = new AgentThread(reader, MAX_IDLE, CLOSE_TIMEOUT);
  }

  /** Starts its thread. */
  public CatchUpProxy start() {
    thread.start();
    return this;
  }

  /** The agent, to be turned by hand instead. */
  public Agent agent() {
    return reader;
  }

  private void wake() {
    thread.wake();
  }

  @Override
  public boolean offer(CatchUpSession session) {
    session.letGo(); // however long it waits to be accepted
    if (!requests.offer(session)) {
      return false;
    }
    wake();
    return true;
  }

  @Override
  public boolean offer(LastEventsSearch search) {
    if (!searches.offer(search)) {
      return false;
    }
    wake();
    return true;
  }

  /** What it is at, for people. */
  public String describe() {
    return "waiting sessions: %d%nread ahead: %d bytes%n"
        .formatted(requests.size() + reader.waiting(), budget.used());
  }

  @Override
  public void close() {
    thread.close();
  }
}
