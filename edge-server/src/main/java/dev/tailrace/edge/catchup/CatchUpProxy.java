package dev.tailrace.edge.catchup;

import dev.tailrace.edge.agent.AgentThread;
import dev.tailrace.edge.tail.LaneConsumers;
import dev.tailrace.support.kafka.KafkaSettings;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * How delivery agents ask for catch-up. Sessions are served in turn, a chunk each; the queue is
 * bounded and may refuse.
 *
 * <p>Threading: any thread.
 */
public final class CatchUpProxy implements CatchUpRequests, AutoCloseable {
  private static final int MAX_SESSIONS = 32_768;
  private static final Duration MAX_IDLE = Duration.ofMillis(500);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final BlockingQueue<CatchUpSession> requests = new ArrayBlockingQueue<>(MAX_SESSIONS);
  private final AgentThread thread;

  private CatchUpProxy(int index, KafkaSettings kafka, InstantSource clock) {
    this.thread =
        new AgentThread(
            new CatchUpReader(
                index, LaneConsumers.forCatchUp(kafka, "edge-catchup-" + index), requests, clock),
            MAX_IDLE,
            CLOSE_TIMEOUT);
  }

  /** Builds and starts a reader with a consumer of its own. */
  public static CatchUpProxy launch(int index, KafkaSettings kafka, InstantSource clock) {
    CatchUpProxy proxy = new CatchUpProxy(index, kafka, clock);
    proxy.thread.start();
    return proxy;
  }

  @Override
  public boolean offer(CatchUpSession session) {
    if (!requests.offer(session)) {
      return false;
    }
    thread.wake();
    return true;
  }

  /** Sessions that wait for a turn. */
  public int waiting() {
    return requests.size();
  }

  @Override
  public void close() {
    thread.close();
  }
}
