package dev.tailrace.dispatcher.pump;

import dev.tailrace.dispatcher.config.DispatcherConfig;
import dev.tailrace.dispatcher.metrics.DispatcherMetrics;
import dev.tailrace.schemas.Lane;
import dev.tailrace.support.fleet.Hits;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;

/**
 * One pump: a thread that reads its share of the ingress partitions, copies each event to the lanes
 * and commits what was acknowledged. Its life is a {@link PumpLoop}.
 *
 * <p>Threading: {@code dispatcher-pump-N} owns everything; others call {@link #start}, {@link
 * #status}, {@link #hot} and {@link #close}.
 */
public final class DispatchPump implements AutoCloseable {
  private static final long STOP_TIMEOUT_MS = 20_000;

  private final PumpLoop loop;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread;

  /**
   * A pump that is not started yet.
   *
   * @param number tells it from others of this process
   * @param onError told of what no start from the commit can mend, such as a want of memory; the
   *     pump has ended then
   */
  public DispatchPump(
      int number,
      DispatcherConfig config,
      Admin admin,
      SessionTimeout session,
      SlotVersions slots,
      Clock clock,
      DispatcherMetrics metrics,
      RouteTraces traces,
      Thread.UncaughtExceptionHandler onError) {
    String name = "dispatcher-pump-" + number;
    this.loop =
        new PumpLoop(
            name,
            config,
            admin,
            session,
            slots,
            clock,
            metrics,
            traces,
            new KafkaPumpClients(config.kafka(), config.pump()),
            Object::wait);
    this.thread = new Thread(this::run, name);
    thread.setUncaughtExceptionHandler(onError);
  }

  /** Starts its thread. */
  public void start() {
    thread.start();
  }

  /** As it last described itself. */
  public PumpStatus status() {
    return loop.status();
  }

  /** By lane, the addresses of the events that it has routed lately. */
  public Map<Lane, Hits> hot() {
    return loop.hot();
  }

  /** Stops in order and waits for it: what is in flight arrives and is committed. */
  @Override
  public void close() {
    stop.countDown();
    try {
      thread.join(STOP_TIMEOUT_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      while (isWanted()) {
        pause(loop.turn());
      }
      loop.finish();
    } catch (Error e) {
      loop.stopped("ended by " + e);
      throw e;
    }
  }

  private boolean isWanted() {
    return stop.getCount() > 0;
  }

  private void pause(long ms) {
    try {
      var _ = ms > 0 && stop.await(ms, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      stop.countDown();
    }
  }
}
