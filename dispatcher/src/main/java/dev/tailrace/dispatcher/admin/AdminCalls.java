package dev.tailrace.dispatcher.admin;

import dev.tailrace.support.kafka.KafkaErrors;
import dev.tailrace.support.kafka.LoginRefusedException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.RetriableException;

/**
 * Waits for what a cluster answers about topics, and says in one line why it does not.
 *
 * @param timeout how long to wait for one answer
 */
record AdminCalls(String bootstrapServers, Duration timeout) {
  /**
   * Waits.
   *
   * @throws ExecutionException what was answered instead
   * @throws TopicRefusedException when nothing was
   * @throws LoginRefusedException when this process is not let in
   */
  <T> T await(KafkaFuture<T> future) throws ExecutionException {
    try {
      return future.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      LoginRefusedException.throwIfSo(e);
      throw e;
    } catch (TimeoutException e) {
      throw unreachable(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TopicRefusedException("interrupted while preparing the topics", e);
    }
  }

  private TopicRefusedException unreachable(Exception e) {
    return new TopicRefusedException(KafkaErrors.unreachable(bootstrapServers, timeout), e);
  }

  /** That this was not done. */
  TopicRefusedException failed(String doing, ExecutionException e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    if (cause instanceof RetriableException) {
      return unreachable(e);
    }
    return new TopicRefusedException(doing + " failed: " + cause.getMessage(), e);
  }
}
