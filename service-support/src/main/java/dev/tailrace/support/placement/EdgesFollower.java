package dev.tailrace.support.placement;

import dev.tailrace.schemas.SlotMap;
import dev.tailrace.schemas.SlotMaps;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.kafka.KafkaSettings;
import dev.tailrace.support.kafka.TopicFollower;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Follows {@code tailrace.edges} and keeps the placement that comes of it. Nobody waits for it:
 * until it has read, and when Kafka is away for longer than the leases, no edge is known, and users
 * are told to stay where they are.
 *
 * <p>Threading: a thread of its own owns the consumer and the directory; the rest from any thread,
 * as of its last turn.
 */
public final class EdgesFollower implements AutoCloseable {
  private final InstantSource clock;
  private final LongSupplier monotonicMs;
  private final Supplier<SlotMaps> slots;
  private final EdgeDirectory directory = new EdgeDirectory();
  private final TopicFollower follower;
  private List<EdgeAnnouncement> live = List.of();
  private volatile Placement placement;
  private volatile long ignored;
  private volatile long heardMs;

  EdgesFollower(
      String name,
      Supplier<Consumer<byte[], byte[]>> consumers,
      Supplier<SlotMaps> slots,
      InstantSource clock,
      LongSupplier monotonicMs) {
    this.clock = clock;
    this.monotonicMs = monotonicMs;
    this.slots = slots;
    this.placement = Placement.empty(slots.get().settled());
    this.heardMs = monotonicMs.getAsLong();
    this.follower = new TopicFollower(name, Topics.EDGES, consumers, new Reading());
  }

  /**
   * Starts following.
   *
   * @param slots the versions of the slot map that are known now
   * @param name of its thread, and of its Kafka client
   * @param onFatal hears of an error that the thread ends of
   */
  public static EdgesFollower start(
      KafkaSettings kafka,
      String name,
      Supplier<SlotMaps> slots,
      InstantSource clock,
      Thread.UncaughtExceptionHandler onFatal) {
    EdgesFollower edges =
        new EdgesFollower(
            name,
            TopicFollower.consumers(kafka, name),
            slots,
            clock,
            () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
    edges.follower.start(onFatal);
    return edges;
  }

  /** Reads what is there, and then what comes; returns when it is to stop. */
  void follow(Consumer<byte[], byte[]> consumer) {
    follower.follow(consumer);
  }

  private final class Reading implements TopicFollower.Reader {
    @Override
    public void onRecord(ConsumerRecord<byte[], byte[]> one, boolean old) {
      EdgesFollower.this.onRecord(one, old);
    }

    @Override
    public void onTurn(boolean caughtUp, long askedMs) {
      publish();
    }
  }

  private void onRecord(ConsumerRecord<byte[], byte[]> one, boolean old) {
    long nowMs = monotonicMs.getAsLong();
    if (old) {
      directory.onOldRecord(one.key(), one.value(), clock.millis(), nowMs);
    } else {
      directory.onRecord(one.key(), one.value(), nowMs);
      heardMs = nowMs;
    }
  }

  private void publish() {
    List<EdgeAnnouncement> now = directory.live(monotonicMs.getAsLong());
    ignored = directory.ignored();
    SlotMap present = slots.get().settled();
    if (present.version() != placement.slotMap().version()) {
      placement = Placement.empty(present).with(now);
    } else if (!now.equals(live)) {
      placement = placement.with(now);
    }
    live = now;
  }

  /** What follows from what was read up to now. */
  public Placement placement() {
    return placement;
  }

  /** Records that were no announcements. */
  public long ignored() {
    return ignored;
  }

  /** How long no edge has said anything, as far as it could be read; in milliseconds. */
  public long silenceMs() {
    return Math.max(0, monotonicMs.getAsLong() - heardMs);
  }

  @Override
  public void close() {
    follower.close();
  }
}
