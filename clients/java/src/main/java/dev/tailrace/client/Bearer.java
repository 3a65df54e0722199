package dev.tailrace.client;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The token, and how to get another one. "" stands for none.
 *
 * <p>Threading: owned by the client's thread; the supplier is asked on a thread for it alone.
 */
final class Bearer {
  private static final long SUPPLIER_MS = 30_000;

  private final Owner owner;
  private final @Nullable TokenSupplier supplier;
  private @Nullable String token;
  private @Nullable CompletableFuture<String> asked;

  Bearer(Owner owner, TailraceOptions options) {
    this.owner = owner;
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
    var unused =
        owner.schedule(SUPPLIER_MS, () -> answer.completeExceptionally(none("it hangs", null)));
    Owner.daemon("tailrace-token", () -> supply(from, answer)).start();
    return answer;
  }

  private void supply(TokenSupplier from, CompletableFuture<String> answer) {
    String got = null;
    TailraceException fault = null;
    try {
      got = from.get();
    } catch (Exception e) { // whatever the application's may throw
      fault = none(String.valueOf(e.getMessage()), e);
    }
    String supplied = got == null ? "" : got;
    if (fault == null && !supplied.chars().allMatch(c -> c > ' ' && c <= '~')) {
      fault = none("what it gives is no token: it has blanks or line breaks", null);
    }
    TailraceException none = fault;
    owner.execute(
        () -> {
          asked = null;
          if (none == null) {
            token = supplied;
            answer.complete(supplied);
          } else {
            answer.completeExceptionally(none);
          }
        });
  }

  private static TailraceException none(String why, @Nullable Exception cause) {
    TailraceException.Parts parts =
        TailraceException.of("no_token", "the application's TokenSupplier has no token: " + why);
    return (cause == null ? parts : parts.cause(cause)).build();
  }
}
