package dev.tailrace.client;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import okhttp3.HttpUrl;
import okhttp3.Request;
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

  /** What is told how a request went: what it brought, or why it brought nothing. */
  interface Told<T> extends BiConsumer<@Nullable T, @Nullable TailraceException> {}

  /** What sends a request with a token. */
  interface Sent<T> extends Function<String, CompletableFuture<T>> {}

  /**
   * Sends it, and once more if its token is refused and there may be another; told on the owner.
   */
  <T> void send(Sent<T> request, Told<T> told) {
    send(request, true, told);
  }

  private <T> void send(Sent<T> request, boolean maySendAgain, Told<T> told) {
    Owner owner = client.owner();
    owner.when(
        bearer.get(),
        (token, noToken) -> {
          if (token == null) {
            told.accept(null, Tailrace.asOurs(noToken));
            return;
          }
          owner.when(
              request.apply(token),
              (answer, fault) -> {
                if (answer != null) {
                  told.accept(answer, null);
                  return;
                }
                TailraceException why = Tailrace.asOurs(fault);
                if (maySendAgain && bearer.isRenewedAfter(why, token)) {
                  send(request, false, told);
                } else {
                  told.accept(null, why);
                }
              });
        });
  }

  /** A page of the past of a channel, or with "" of the user's own; told on the owner. */
  void history(String address, HistoryOptions which, Told<Page> told) {
    send(token -> page(address, which, token), told);
  }

  private CompletableFuture<Page> page(String address, HistoryOptions which, String token) {
    HttpUrl.Builder url = client.url("v1/history");
    if (!address.isEmpty()) {
      url.addQueryParameter("channel", address);
    }
    which.query().forEach(url::addQueryParameter);
    Request request = Http.request(url.build(), token).build();
    return client.http().send(request, PAGE_MS).thenApply(Page::of);
  }
}
