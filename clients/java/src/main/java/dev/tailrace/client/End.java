package dev.tailrace.client;

import org.jspecify.annotations.Nullable;

/**
 * How a connection ended.
 *
 * <p>Threading: immutable.
 */
final class End {
  private final @Nullable TailraceException error;
  private final long afterMs;
  private final boolean isUnfit;
  private final long lastedMs;

  End(@Nullable TailraceException error, long afterMs, boolean isUnfit, long lastedMs) {
    this.error = error;
    this.afterMs = afterMs;
    this.isUnfit = isUnfit;
    this.lastedMs = lastedMs;
  }

  /** Why; null for a mere cut, or where the server said only when to come back. */
  @Nullable TailraceException error() {
    return error;
  }

  /** When to come back, as the server said; 0 if it did not. */
  long afterMs() {
    return afterMs;
  }

  /** Whether this transport does not work here. */
  boolean isUnfit() {
    return isUnfit;
  }

  /** How long it was live; 0 if it never was. */
  long lastedMs() {
    return lastedMs;
  }

  static final End CUT = new End(null, 0, false, 0);

  static End of(TailraceException error) {
    return new End(error, error.retryAfterMs(), false, 0);
  }

  static End unfit(TailraceException error) {
    return new End(error, error.retryAfterMs(), true, 0);
  }

  static End after(long afterMs, @Nullable TailraceException error) {
    return new End(error, afterMs, false, 0);
  }

  End lasted(long ms) {
    return new End(error, afterMs, isUnfit, ms);
  }

  boolean wasLive() {
    return lastedMs > 0;
  }

  /** Whether it says nothing about the transport: no other would do better. */
  boolean isOfTheNetwork() {
    return error != null
        && (error.is("unreachable")
            || error.is("tls")
            || error.is("no_token")
            || error.is("unknown_key"));
  }

  /** Whether what answers lacks this way. */
  boolean isOfTheWay() {
    return error != null && error.isOfTheWay();
  }

  /** Whether something before the edges says that they are away. */
  boolean isOfTheServers() {
    return error != null && error.is("not_tailrace") && error.status() >= 500;
  }
}
