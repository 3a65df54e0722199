package dev.tailrace.edge.tail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.edge.log.PartitionLog;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WarmUpTest {
  private static final LanePartition ONE = new LanePartition(Lane.CHANNELS, 1, 1);
  private static final LanePartition TWO = new LanePartition(Lane.CHANNELS, 1, 2);
  private static final Duration LONG = Duration.ofHours(1);

  private final Tail tail = new Tail();

  /** Keeps what it is asked. */
  private static final class Tail implements TailCommands {
    final Queue<FollowRequest> follows = new ConcurrentLinkedQueue<>();
    final Queue<FollowRequest> cancels = new ConcurrentLinkedQueue<>();
    volatile boolean full;

    @Override
    public boolean offerFollow(FollowRequest request) {
      return !full && follows.add(request);
    }

    @Override
    public boolean offerUnfollow(PartitionLog log) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean offerCancel(FollowRequest request) {
      return !full && cancels.add(request);
    }

    @Override
    public LostTails lostTails() {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean offerEndOffset(EndOffsetRequest request) {
      throw new UnsupportedOperationException();
    }

    void answerAll() {
      follows.forEach(
          request -> request.answer(new PartitionLog(request.partition(), 0, 1_000_000)));
    }
  }

  @Test
  void shouldWaitUntilAllWereRead() throws Exception {
    tail.full = true;
    WarmUp warmUp = new WarmUp(tail, List.of(ONE, TWO), Duration.ofSeconds(60), EdgeClock.SYSTEM);
    Thread waiting = Thread.startVirtualThread(() -> waitFor(warmUp, LONG));
    tail.full = false;
    await().until(() -> tail.follows.size() == 2);
    assertThat(tail.follows).allMatch(request -> request.windowMs() == 60_000);
    assertThat(warmUp.left()).isEqualTo(2);
    assertThat(waiting.isAlive()).isTrue();

    tail.answerAll();
    waiting.join();

    assertThat(warmUp.left()).isZero();
  }

  @Test
  void shouldWaitNoLongerThanItsTime() {
    WarmUp warmUp = new WarmUp(tail, List.of(ONE, TWO), Duration.ofSeconds(60), EdgeClock.SYSTEM);
    waitFor(warmUp, Duration.ofMillis(50));
    assertThat(warmUp.left()).isEqualTo(2);
    assertThat(tail.cancels).as("given up").hasSize(2);

    tail.full = true;
    waitFor(
        new WarmUp(tail, List.of(ONE), Duration.ofSeconds(60), EdgeClock.SYSTEM),
        Duration.ofMillis(50));
  }

  @Test
  void shouldLetGoWhatWasRead() throws Exception {
    WarmUp warmUp = new WarmUp(tail, List.of(ONE, TWO), Duration.ofSeconds(60), EdgeClock.SYSTEM);
    Thread waiting = Thread.startVirtualThread(() -> waitFor(warmUp, LONG));
    await().until(() -> tail.follows.size() == 2);
    tail.answerAll();
    waiting.join();
    assertThat(tail.cancels).isEmpty();

    warmUp.releaseAfter(Duration.ofMillis(1));

    await().until(() -> tail.cancels.size() == 2);
  }

  @Test
  void shouldAskForNothingWithoutAWindow() {
    WarmUp warmUp = new WarmUp(tail, List.of(ONE, TWO), Duration.ZERO, EdgeClock.SYSTEM);
    waitFor(warmUp, LONG);

    assertThat(tail.follows).isEmpty();
    assertThat(warmUp.partitions()).isZero();
  }

  @Test
  void shouldEndItsWaitWhenItIsClosed() throws Exception {
    WarmUp warmUp = new WarmUp(tail, List.of(ONE), Duration.ofSeconds(60), EdgeClock.SYSTEM);
    Thread waiting = Thread.startVirtualThread(() -> waitFor(warmUp, LONG));
    warmUp.close();
    waiting.join();

    warmUp.releaseAfter(Duration.ZERO);
    assertThat(tail.cancels).as("after it was closed").hasSizeLessThan(2);
  }

  private static void waitFor(WarmUp warmUp, Duration limit) {
    try {
      warmUp.await(limit);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
