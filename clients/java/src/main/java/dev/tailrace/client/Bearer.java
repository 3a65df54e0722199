package dev.tailrace.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * The token, and how to get another one. "" stands for none.
 *
 * <p>Threading: owned by the client's thread; the supplier is asked on a thread for it alone.
 */
final class Bearer {
  private static final long PATIENCE_MS = 30_000;

  private final Owner owner;
  private final @Nullable TokenSupplier supplier;
  private final long patienceMs;
  private @Nullable String token;
  private @Nullable CompletableFuture<String> asked;

  Bearer(Owner owner, TailraceOptions options) {
    this(owner, options, PATIENCE_MS);
  }

  /** A supplier that takes longer than so long counts as one that failed. */
  Bearer(Owner owner, TailraceOptions options, long patienceMs) {
    this.owner = owner;
    this.patienceMs = patienceMs;
    supplier = options.tokens;
    token = options.token;
  }

  /** Whether there may be a better one. */
  boolean isRenewable() {
    return supplier != null;
  }

  /** The one there was is not good, or not for long. */
  void forget() {
    if (supplier != null) {
      token = null;
    }
  }

  /** This one is refused. Whether there may be a better one. */
  boolean isRenewedAfter(TailraceException refusal, String refused) {
    if (supplier == null || !refusal.isOfTheToken()) {
      return false;
    }
    if (refused.equals(token)) {
      token = null; // else somebody was refused it before
    }
    return true;
  }

  /** The token there is, or one that is got; or {@code no_token}. Completed on the owner. */
  CompletableFuture<String> get() {
    if (token != null) {
      return CompletableFuture.completedFuture(token);
    }
    if (supplier == null) {
      return CompletableFuture.completedFuture("");
    }
    if (asked == null) {
      asked = ask(supplier);
    }
    return asked;
  }

  private CompletableFuture<String> ask(TokenSupplier from) {
    CompletableFuture<String> answer = new CompletableFuture<>();
    Thread thread = Owner.daemon("tailrace-token", () -> supply(from, answer));
    Future<?> timer =
        owner.schedule(
            patienceMs,
            () -> {
              settle(answer, "", none("it hangs", null));
              thread.interrupt(); // another one is asked the next time
            });
    var unused = answer.whenComplete((token, fault) -> timer.cancel(false));
    thread.start();
    return answer;
  }

  /** Owner. What comes late is of nobody's use: it may be a token that was refused meanwhile. */
  private void settle(
      CompletableFuture<String> answer, String supplied, @Nullable TailraceException fault) {
    if (answer.isDone()) {
      return;
    }
    asked = null;
    if (fault == null) {
      token = supplied;
      answer.complete(supplied);
    } else {
      answer.completeExceptionally(fault);
    }
  }

  private void supply(TokenSupplier from, CompletableFuture<String> answer) {
    String got = null;
    TailraceException fault = null;
    try {
      got = from.get();
    } catch (Throwable e) { // whatever the application's may throw
      fault = none(String.valueOf(e.getMessage()), e);
    }
    String supplied = got == null ? "" : got;
    if (fault == null && !supplied.chars().allMatch(c -> c > ' ' && c <= '~')) {
      fault = none("what it gives is no token: it has blanks or line breaks", null);
    }
    TailraceException none = fault;
    owner.execute(() -> settle(answer, supplied, none));
  }

  private static TailraceException none(String why, @Nullable Throwable cause) {
    TailraceException.Parts parts =
        TailraceException.of("no_token", "the application's TokenSupplier has no token: " + why);
    return (cause == null ? parts : parts.cause(cause)).build();
  }
}
