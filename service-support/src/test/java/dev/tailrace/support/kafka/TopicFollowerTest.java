package dev.tailrace.support.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TopicFollowerTest {
  private static final String TOPIC = "topic";
  private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);

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
    while (closing.isAlive() && closing.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }

    open.countDown();
    closing.join();
    await().until(late::closed); // who closes may have waited for long enough before that

    assertThat(asked).isFalse();
  }

  /** What was read before a failure says nothing of how far it is read again. */
  @Test
  void shouldNotHaveCaughtUpBeforeAllIsReadAgain() throws Exception {
    MockConsumer<byte[], byte[]> first = consumer();
    first.schedulePollTask(() -> add(first, 0, 1));
    first.schedulePollTask(() -> first.setPollException(new KafkaException("gone")));
    MockConsumer<byte[], byte[]> second = consumer();
    second.schedulePollTask(() -> add(second, 0));
    second.schedulePollTask(() -> add(second, 1));
    Deque<MockConsumer<byte[], byte[]>> consumers = new ArrayDeque<>(List.of(first, second));
    List<String> heard = new CopyOnWriteArrayList<>();
    CountDownLatch done = new CountDownLatch(2);
    TopicFollower follower =
        new TopicFollower(
            "follower",
            TOPIC,
            consumers::remove,
            new TopicFollower.Reader() {
              @Override
              public void onRecord(ConsumerRecord<byte[], byte[]> one, boolean old) {
                heard.add("record " + one.offset());
              }

              @Override
              public void onTurn(boolean caughtUp, long askedMs) {
                if (done.getCount() > 0) {
                  heard.add(askedMs == 0 ? "anew" : caughtUp ? "all" : "some");
                }
                if (caughtUp) {
                  done.countDown();
                }
              }
            });
    follower.start((thread, e) -> {});

    assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
    follower.close();

    assertThat(heard)
        .containsExactly(
            "record 0", "record 1", "all", "anew", "record 0", "some", "record 1", "all");
  }

  @Test
  void shouldBeginSoFarBackByTheTimesOfRecords() {
    assertThat(read(new OffsetAndTimestamp(1, 1))).containsExactly("record 1");
    assertThat(read(null)).as("nothing is as young").isEmpty();
  }

  /** What is read of two records, when the first of those in time is this. */
  private static List<String> read(@Nullable OffsetAndTimestamp first) {
    List<String> heard = new CopyOnWriteArrayList<>();
    AtomicLong asked = new AtomicLong();
    MockConsumer<byte[], byte[]> consumer =
        new MockConsumer<>("earliest") {
          @Override
          public synchronized Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(
              Map<TopicPartition, Long> times) {
            asked.set(times.getOrDefault(PARTITION, 0L));
            Map<TopicPartition, OffsetAndTimestamp> answer = new HashMap<>();
            answer.put(PARTITION, first);
            return answer;
          }
        };
    prepare(consumer);
    consumer.schedulePollTask(() -> add(consumer, 0, 1));
    TopicFollower follower =
        new TopicFollower(
            "follower",
            TOPIC,
            () -> consumer,
            new TopicFollower.Reader() {
              @Override
              public void onRecord(ConsumerRecord<byte[], byte[]> one, boolean old) {
                heard.add("record " + one.offset());
              }

              @Override
              public void onTurn(boolean caughtUp, long askedMs) {}
            },
            Duration.ofSeconds(90));
    consumer.schedulePollTask(follower::close);
    long beforeMs = System.currentTimeMillis();
    follower.follow(consumer);
    assertThat(asked.get()).isBetween(beforeMs - 90_000, System.currentTimeMillis() - 90_000);
    return heard;
  }

  private static MockConsumer<byte[], byte[]> consumer() {
    MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    prepare(consumer);
    return consumer;
  }

  private static void prepare(MockConsumer<byte[], byte[]> consumer) {
    consumer.updatePartitions(TOPIC, List.of(new PartitionInfo(TOPIC, 0, null, null, null)));
    consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
    consumer.updateEndOffsets(Map.of(PARTITION, 2L));
  }

  private static void add(MockConsumer<byte[], byte[]> to, long... offsets) {
    for (long offset : offsets) {
      to.addRecord(new ConsumerRecord<>(TOPIC, 0, offset, new byte[0], new byte[0]));
    }
  }

  /** Who closes the follower interrupts it, if it does not end soon. */
  private static void awaitUninterruptibly(CountDownLatch latch) {
    boolean interrupted = false;
    while (latch.getCount() > 0) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
