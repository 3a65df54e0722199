package dev.tailrace.system;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Events for a channel at a steady pace, until it is stopped. None waits for the one before: a slow
 * answer does not change the pace, and what a pause of this machine held up follows at once.
 *
 * <p>Threading: one test thread; one of its own sends.
 */
final class SteadyLoad implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final ScheduledExecutorService sender = Executors.newSingleThreadScheduledExecutor();
  private final List<CompletableFuture<Integer>> answers = new CopyOnWriteArrayList<>();

  /** Begins to publish at this address. */
  SteadyLoad(HttpClient http, URI publish, String channel, Duration pause) {
    HttpRequest request =
        HttpRequest.newBuilder(publish)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString("{\"channels\":[\"%s\"],\"data\":{}}".formatted(channel)))
            .build();
    var _ =
        sender.scheduleAtFixedRate(
            () ->
                answers.add(
                    http.sendAsync(request, BodyHandlers.discarding())
                        .thenApply(answer -> answer.statusCode())),
            0,
            pause.toNanos(),
            TimeUnit.NANOSECONDS);
  }

  /** Ends it; returns how many events there were, all of which the edge has acknowledged. */
  int stop() throws InterruptedException, ExecutionException, TimeoutException {
    close();
    if (!sender.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("it still sends");
    }
    for (CompletableFuture<Integer> answer : answers) {
      int status = answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      if (status != 200) {
        throw new AssertionError("an event was answered " + status);
      }
    }
    return answers.size();
  }

  @Override
  public void close() {
    sender.shutdownNow();
  }
}
