package dev.tailrace.client;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;

/**
 * One event that is being published. It is sent again only where it was surely not written.
 *
 * <p>Threading: owned by the client's thread.
 */
final class Publishing {
  private static final MediaType JSON = MediaType.get("application/json");
  private static final long ANSWER_MS = 40_000;
  private static final int MOST_TRIES = 6;

  private final Client client;
  private final Publication event;
  private final CompletableFuture<String> id;
  private final Backoff backoff;
  private int tries;

  Publishing(Client client, Publication event, CompletableFuture<String> id) {
    this.client = client;
    this.event = event;
    this.id = id;
    backoff = client.newBackoff();
  }

  void start() {
    tries++;
    client
        .requests()
        .send(
            this::send,
            (written, why) -> {
              if (why != null) {
                onRefused(why);
              } else {
                id.complete(written);
              }
            });
  }

  private CompletableFuture<String> send(String token) {
    Request request =
        Http.request(client.url("v1/publish").build(), token)
            .post(RequestBody.create(event.body().getBytes(StandardCharsets.UTF_8), JSON))
            .build();
    return client
        .http()
        .send(request, ANSWER_MS)
        .thenApply(answer -> Event.required(Json.members(answer), "id"));
  }

  private void onRefused(TailraceException why) {
    boolean notWritten = why.is("rate_limited") || why.is("busy") || why.is("stopping");
    if (!notWritten || tries == MOST_TRIES) {
      id.completeExceptionally(why);
      return;
    }
    long saidMs = why.retryAfterMs();
    client.later(saidMs > 0 ? backoff.saidMs(saidMs) : backoff.nextMs(), this::start);
  }
}
