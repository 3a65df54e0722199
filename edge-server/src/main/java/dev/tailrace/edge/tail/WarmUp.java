package dev.tailrace.edge.tail;

import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.edge.log.PartitionLog;
import dev.tailrace.schemas.LanePartition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Has partitions read back into memory before an edge serves, and kept there for a while after
 * that, whoever reads them: the clients of an edge that has ended come to another one all at once,
 * and lack the same.
 *
 * <p>Threading: {@link #await} and {@link #close} from one thread each; the rest from any.
 */
public final class WarmUp implements AutoCloseable {
  private static final Duration OFFER_AGAIN = Duration.ofMillis(20);

  private final TailCommands tail;
  private final EdgeClock clock;
  private final List<FollowRequest> requests = new ArrayList<>();
  private final CountDownLatch unread;
  private final CountDownLatch closed = new CountDownLatch(1);

  /** For these partitions, so much of each. */
  public WarmUp(
      TailCommands tail, List<LanePartition> partitions, Duration window, EdgeClock clock) {
    this.tail = tail;
    this.clock = clock;
    this.unread = new CountDownLatch(window.isZero() ? 0 : partitions.size());
    if (!window.isZero()) {
      for (LanePartition partition : partitions) {
        requests.add(new FollowRequest(partition, window.toMillis(), unread::countDown));
      }
    }
  }

  /** How many partitions there are to be read. */
  public int partitions() {
    return requests.size();
  }

  /** How many of them have not been read to their end. */
  public int left() {
    return Math.toIntExact(unread.getCount());
  }

  /** Asks for all, and waits until they were read, it is closed, or the time is over. */
  public void await(Duration limit) throws InterruptedException {
    long endMs = clock.monotonicMs() + limit.toMillis();
    for (FollowRequest request : requests) {
      while (!tail.offerFollow(request)) {
        if (waitsFor(closed, OFFER_AGAIN) || clock.monotonicMs() >= endMs) {
          return;
        }
      }
    }
    while (!waitsFor(unread, OFFER_AGAIN)) {
      if (closed.getCount() == 0 || clock.monotonicMs() >= endMs) {
        return;
      }
    }
  }

  private static boolean waitsFor(CountDownLatch latch, Duration time) throws InterruptedException {
    return latch.await(time.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Lets the partitions go after this time: those that nobody reads then. */
  public void releaseAfter(Duration time) {
    if (!requests.isEmpty()) {
      Thread.ofVirtual().name("edge-warm-up").start(() -> release(time));
    }
  }

  private void release(Duration time) {
    try {
      if (waitsFor(closed, time)) {
        return;
      }
      for (FollowRequest request : requests) {
        PartitionLog log = request.log();
        while (log != null && !tail.offerUnfollow(log)) {
          if (waitsFor(closed, OFFER_AGAIN)) {
            return;
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The tail is about to end, and its logs with it. */
  @Override
  public void close() {
    closed.countDown();
  }
}
