package dev.tailrace.support.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.junit.jupiter.api.Test;

class TopicFollowerTest {
  private static final TopicFollower.Reader NOBODY =
      new TopicFollower.Reader() {
        @Override
        public void onRecord(ConsumerRecord<byte[], byte[]> record, boolean old) {}

        @Override
        public void onTurn(boolean caughtUp, long askedMs) {}
      };

  /** There is nothing yet that could be woken, and what is to be asked takes its time. */
  @Test
  void shouldAskNothingWhenItWasClosedBeforeItHadAConsumer() throws Exception {
    CountDownLatch opening = new CountDownLatch(1);
    CountDownLatch open = new CountDownLatch(1);
    AtomicBoolean asked = new AtomicBoolean();
    MockConsumer<byte[], byte[]> late =
        new MockConsumer<>("earliest") {
          @Override
          public synchronized List<PartitionInfo> partitionsFor(String topic) {
            asked.set(true);
            return super.partitionsFor(topic);
          }
        };
    TopicFollower closed =
        new TopicFollower(
            "follower",
            "topic",
            () -> {
              opening.countDown();
              awaitUninterruptibly(open);
              return late;
            },
            NOBODY);
    closed.start((thread, e) -> {});
    opening.await();
    Thread closing = Thread.ofPlatform().start(closed::close);
    while (closing.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }

    open.countDown();
    closing.join();

    assertThat(asked).isFalse();
    assertThat(late.closed()).isTrue();
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
