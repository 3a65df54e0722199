package dev.tailrace.edge.catchup;

import dev.tailrace.edge.agent.AgentThread;
import dev.tailrace.edge.tail.LaneOffsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
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
  private final CatchUpReader reader;
  private final AgentThread thread;

  private CatchUpProxy(
      int index,
      Consumer<byte[], byte[]> consumer,
      LaneOffsets offsets,
      InstantSource clock,
      CatchUpListener listener) {
    this.reader =
        new CatchUpReader(index, consumer, offsets, requests, clock, listener, this::wake);
    this.thread = new AgentThread(reader, MAX_IDLE, CLOSE_TIMEOUT);
  }

  /**
   * Builds and starts a reader.
   *
   * @param consumer its own from now on, see {@code LaneConsumers.forCatchUp}
   */
  public static CatchUpProxy launch(
      int index,
      Consumer<byte[], byte[]> consumer,
      LaneOffsets offsets,
      InstantSource clock,
      CatchUpListener listener) {
    CatchUpProxy proxy = new CatchUpProxy(index, consumer, offsets, clock, listener);
    proxy.thread.start();
    return proxy;
  }

  private void wake() {
    thread.wake();
  }

  @Override
  public boolean offer(CatchUpSession session) {
    if (!requests.offer(session)) {
      return false;
    }
    wake();
    return true;
  }

  /** Sessions that wait for a turn. */
  public int waiting() {
    return requests.size() + reader.waiting();
  }

  @Override
  public void close() {
    thread.close();
  }
}
