package dev.tailrace.edge.tail;

import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.schemas.LanePartition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

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
  private final List<FollowRequest> asked = new CopyOnWriteArrayList<>();
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

  /**
   * Asks for all, and waits until they were read, it is closed, or the time is over: then those
   * that were not read are given up, or their clients would have to wait for them.
   */
  public void await(Duration limit) throws InterruptedException {
    long endMs = clock.monotonicMs() + limit.toMillis();
    for (FollowRequest request : requests) {
      if (!offered(() -> tail.offerFollow(request), endMs)) {
        break;
      }
      asked.add(request);
    }
    while (!waitsFor(unread, OFFER_AGAIN) && closed.getCount() > 0 && clock.monotonicMs() < endMs) {
      // It looks again.
    }
    List<FollowRequest> late = asked.stream().filter(request -> request.log() == null).toList();
    for (FollowRequest request : late) {
      giveUp(request);
    }
  }

  private void giveUp(FollowRequest request) throws InterruptedException {
    asked.remove(request);
    boolean _ = offered(() -> tail.offerCancel(request), Long.MAX_VALUE);
  }

  /** Whether the tail has taken it, before it is closed or the time is over. */
  private boolean offered(BooleanSupplier offer, long endMs) throws InterruptedException {
    while (!offer.getAsBoolean()) {
      if (waitsFor(closed, OFFER_AGAIN) || clock.monotonicMs() >= endMs) {
        return false;
      }
    }
    return true;
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
      if (!waitsFor(closed, time)) {
        for (FollowRequest request : List.copyOf(asked)) {
          giveUp(request);
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
