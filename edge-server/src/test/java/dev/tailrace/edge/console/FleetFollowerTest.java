package dev.tailrace.edge.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.edge.agent.ManualClock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.junit.jupiter.api.Test;

/** What becomes of the edge when following the fleet goes wrong. */
class FleetFollowerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final ManualClock clock = new ManualClock();
  private final AtomicInteger consumers = new AtomicInteger();
  private final CountDownLatch reads = new CountDownLatch(1);
  private volatile Thread follower = Thread.currentThread();

  /** A JVM that was halted could not tell of it: its tests then end as failed. */
  @Test
  void shouldEndNothingButItsThreadByAnError() throws Exception {
    try (FleetFollower fleet =
        FleetFollower.reading(
            () -> {
              consumers.incrementAndGet();
              follower = Thread.currentThread();
              reads.countDown();
              return broken();
            },
            clock)) {
      FleetView view = fleet.look();
      reads.await();
      await("its end").atMost(PATIENCE).until(() -> !follower.isAlive());

      assertThat(consumers).as("an error is not tried again").hasValue(1);
      clock.advance(Duration.ofSeconds(5));
      assertThat(fleet.look()).isSameAs(view);
      assertThat(view.isReady()).isTrue();
      assertThat(view.isReachable()).as("nothing is shown as live").isFalse();
    }
  }

  private static MockConsumer<byte[], byte[]> broken() {
    return new MockConsumer<>("earliest") {
      @Override
      public synchronized List<PartitionInfo> partitionsFor(String topic) {
        throw new NoClassDefFoundError("of a test");
      }
    };
  }
}
