package dev.tailrace.edge.control;

import dev.tailrace.schemas.Topics;
import dev.tailrace.support.kafka.KafkaSettings;
import dev.tailrace.support.kafka.TopicFollower;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Follows {@code tailrace.control} and keeps what is revoked. While Kafka is away what was known
 * holds.
 *
 * <p>Threading: a thread of its own reads; the rest from any thread, as of its last turn.
 */
public final class ControlFollower implements Supplier<Revocations>, AutoCloseable {
  private final InstantSource clock;
  private final ControlState state;
  private final TopicFollower follower;

  private ControlFollower(
      KafkaSettings kafka, String name, InstantSource clock, ControlListener listener) {
    this.clock = clock;
    this.state = new ControlState(clock, listener);
    this.follower =
        new TopicFollower(name, Topics.CONTROL, TopicFollower.consumers(kafka, name), state);
  }

  /**
   * Starts following.
   *
   * @param name of its thread, and of its Kafka client
   * @param listener must not block
   * @param onFatal hears of an error that the thread ends of
   */
  public static ControlFollower start(
      KafkaSettings kafka,
      String name,
      InstantSource clock,
      ControlListener listener,
      Thread.UncaughtExceptionHandler onFatal) {
    ControlFollower control = new ControlFollower(kafka, name, clock, listener);
    control.follower.start(onFatal);
    return control;
  }

  /** What is revoked, as far as it was read. */
  @Override
  public Revocations get() {
    return state.revocations();
  }

  /** Records that say nothing that is known here. */
  public long ignored() {
    return state.ignored();
  }

  /** How long ago all was known that was in the topic then; milliseconds. */
  public long silenceMs() {
    return Math.max(0, clock.millis() - state.heardMs());
  }

  /** Waits until all that was there at the start has been read; false when the time is over. */
  public boolean awaitCurrent(Duration timeout) throws InterruptedException {
    return state.current().await(timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    follower.close();
  }
}
