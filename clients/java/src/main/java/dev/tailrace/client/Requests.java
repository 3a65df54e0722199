package dev.tailrace.client;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * What the application asks for beside events, which fails when the client is closed.
 *
 * <p>Threading: owned by the client's thread, but for {@link #isRefused}, which any thread may
 * call.
 */
final class Requests {
  private static final long PAGE_MS = 40_000; // the edge answers within 15 s

  private final Client client;
  private final Bearer bearer;
  private final Set<Runnable> pending = ConcurrentHashMap.newKeySet(); // what fails them

  Requests(Client client, Bearer bearer) {
    this.client = client;
    this.bearer = bearer;
  }

  static TailraceException closed() {
    return TailraceException.of("closed", "this client is closed: connect anew")
        .isFinal(true)
        .build();
  }

  /** Whether the client is closed; else the future fails when it is. Any thread. */
  boolean isRefused(CompletableFuture<?> future) {
    Runnable fail = () -> future.completeExceptionally(closed());
    pending.add(fail);
    var unused = future.whenComplete((value, fault) -> pending.remove(fail));
    if (client.state() == State.CLOSED) {
      fail.run();
    }
    return future.isDone();
  }

  /** The client is closed. */
  void close() {
    pending.forEach(Runnable::run);
  }

  /** A token; see {@link Bearer#get}. */
  CompletableFuture<String> token() {
    return bearer.get();
  }

  /** A page of the past of a channel, or with "" of the user's own; told on the owner. */
  void history(
      String address,
      HistoryOptions which,
      BiConsumer<@Nullable Page, @Nullable TailraceException> told) {
    client
        .owner()
        .when(
            bearer.get(),
            (token, noToken) -> {
              if (token == null) {
                told.accept(null, Tailrace.asOurs(noToken));
              } else {
                history(address, which, token, told);
              }
            });
  }

  private void history(
      String address,
      HistoryOptions which,
      String token,
      BiConsumer<@Nullable Page, @Nullable TailraceException> told) {
    HttpUrl.Builder url = client.url("v1/history");
    if (!address.isEmpty()) {
      url.addQueryParameter("channel", address);
    }
    which.query().forEach(url::addQueryParameter);
    CompletableFuture<String> answer =
        client.http().send(Http.request(url.build(), token).build(), PAGE_MS);
    client
        .owner()
        .when(
            answer.thenApply(Page::of),
            (page, fault) -> told.accept(page, fault == null ? null : Tailrace.asOurs(fault)));
  }
}
