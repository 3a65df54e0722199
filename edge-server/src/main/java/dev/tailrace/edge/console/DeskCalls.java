package dev.tailrace.edge.console;

import dev.tailrace.edge.desk.KafkaAwayException;
import dev.tailrace.edge.desk.RefusedException;
import dev.tailrace.edge.http.ProblemResponse;
import dev.tailrace.edge.http.WholeResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Answers requests that have to wait for Kafka: each on a virtual thread, so many at once, and
 * within a time, whether Kafka is there or not.
 *
 * <p>Threading: any of Jetty's threads asks, and none waits.
 */
final class DeskCalls {
  private static final Logger LOG = LoggerFactory.getLogger(DeskCalls.class);
  private static final String JSON = "application/json";

  private final Semaphore permits;
  private final int most;
  private final Duration limit;
  private final String late;

  /**
   * Of a kind.
   *
   * @param most at once; who comes then is told to come back. One whose time was over counts until
   *     Kafka's clients have given up, too
   * @param limit after which a request is answered with 503
   * @param late what is said then of what was asked
   */
  DeskCalls(int most, Duration limit, String late) {
    this.permits = new Semaphore(most);
    this.most = most;
    this.limit = limit;
    this.late = late;
  }

  /** Answers with what this gives, when it does. */
  void answer(
      Request request, Response response, Callback callback, Supplier<Map<String, Object>> call) {
    if (!permits.tryAcquire()) {
      ProblemResponse.of(
              HttpStatus.SERVICE_UNAVAILABLE_503,
              "busy",
              "%d of these are being answered already".formatted(most))
          .withRetryAfter(Duration.ofSeconds(1))
          .send(response, callback);
      return;
    }
    CompletableFuture<Map<String, Object>> result = new CompletableFuture<>();
    Thread.ofVirtual().name("edge-desk").start(() -> run(call, result));
    var _ =
        result
            .orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS)
            .whenCompleteAsync(
                (json, failure) -> {
                  try {
                    send(response, callback, json, failure);
                  } catch (RuntimeException e) {
                    callback.failed(e);
                  }
                },
                request.getComponents().getExecutor());
  }

  private void run(
      Supplier<Map<String, Object>> call, CompletableFuture<Map<String, Object>> result) {
    try {
      result.complete(call.get());
    } catch (Throwable e) {
      result.completeExceptionally(e);
    } finally {
      permits.release();
    }
  }

  private void send(
      Response response,
      Callback callback,
      @Nullable Map<String, Object> json,
      @Nullable Throwable failure) {
    if (json != null) {
      WholeResponse.send(response, JSON, JsonMapper.shared().writeValueAsBytes(json), callback);
      return;
    }
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    switch (cause) {
      case RefusedException e ->
          ProblemResponse.of(e.status(), e.code(), String.valueOf(e.getMessage()))
              .send(response, callback);
      case TimeoutException _ ->
          unavailable("Kafka has not answered within %d s".formatted(limit.toSeconds()))
              .send(response, callback);
      case KafkaAwayException e -> {
        LOG.debug("the desk was not answered", e);
        unavailable("Kafka does not answer").send(response, callback);
      }
      case null, default ->
          callback.failed(cause == null ? new IllegalStateException("no answer") : cause);
    }
  }

  private ProblemResponse unavailable(String why) {
    return ProblemResponse.of(
            HttpStatus.SERVICE_UNAVAILABLE_503, "kafka_unavailable", why + ": " + late)
        .withRetryAfter(Duration.ofSeconds(1));
  }
}
