package dev.tailrace.client;

import org.jspecify.annotations.Nullable;

/**
 * What went wrong. The message says what to do, the {@link #code()} is for programs: one of {@code
 * docs/protocol/common.md}, or of this client:
 *
 * <ul>
 *   <li>{@code bad_origin}: what was given to connect to is no URL
 *   <li>{@code unreachable}: nobody answers; tried again
 *   <li>{@code cut}: a connection, or a request, broke off; tried again, but for {@code publish}
 *   <li>{@code tls}: no trust between here and the server; tried again
 *   <li>{@code not_tailrace}: something else than an edge answers; tried again
 *   <li>{@code too_old}: an edge answers, and has none of the ways to hold a connection; tried
 *       again
 *   <li>{@code silent}: connected, and nothing comes; tried again, by another transport
 *   <li>{@code malformed}: what comes is nothing that an edge says; tried again, by another
 *       transport
 *   <li>{@code too_large}: more than {@link TailraceOptions.Builder#maxMessageBytes} at once
 *   <li>{@code no_token}: the {@link TokenSupplier} failed; asked again
 *   <li>{@code too_slow}: events wait for a subscriber, more than are kept
 *   <li>{@code closed}: the client is closed
 *   <li>{@code listener_failed}: a listener of the application threw what is the cause
 *   <li>{@code internal}: a fault of this client; please report it
 * </ul>
 */
public final class TailraceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String code;
  private final int status;
  private final @Nullable String channel;
  private final int limit;
  private final long retryAfterMs;
  private final boolean repeatable;

  private TailraceException(Parts parts) {
    super(parts.message, parts.cause);
    code = parts.code;
    status = parts.status;
    channel = parts.channel;
    limit = parts.limit;
    retryAfterMs = parts.retryAfterMs;
    repeatable = parts.repeatable;
  }

  static Parts of(String code, String message) {
    return new Parts(code, message);
  }

  /** For programs. */
  public String code() {
    return code;
  }

  /** Of an HTTP answer; 0 without one. */
  public int status() {
    return status;
  }

  /** The channel that it is about; null if it is about none alone. */
  public @Nullable String channel() {
    return channel;
  }

  /** When to try again, in milliseconds, if the server said so; else 0. */
  public long retryAfterMs() {
    return retryAfterMs;
  }

  /** Whether the same may succeed later. */
  public boolean isRepeatable() {
    return repeatable;
  }

  /** How many are allowed, if the server said so; else 0. */
  int limit() {
    return limit;
  }

  /** Whether another token may do better. */
  boolean isOfTheToken() {
    return status == 401 && !is("unknown_key");
  }

  /** Whether what answers lacks this way, and may have another. */
  boolean isOfTheWay() {
    return status < 500 && (is("not_tailrace") || is("no_such_path"));
  }

  boolean is(String other) {
    return code.equals(other);
  }

  /** What one is made of. Threading: of one thread. */
  static final class Parts {
    private final String code;
    private final String message;
    private int status;
    private int limit;
    private long retryAfterMs;
    private boolean repeatable = true;
    private @Nullable String channel;
    private @Nullable Throwable cause;

    private Parts(String code, String message) {
      this.code = code;
      this.message = message;
    }

    Parts status(int value) {
      status = value;
      return this;
    }

    Parts channel(@Nullable String value) {
      channel = value;
      return this;
    }

    Parts limit(int value) {
      limit = value;
      return this;
    }

    Parts retryAfterMs(long value) {
      retryAfterMs = value;
      return this;
    }

    /** The same will never succeed. */
    Parts isFinal(boolean value) {
      repeatable = !value;
      return this;
    }

    Parts cause(Throwable value) {
      cause = value;
      return this;
    }

    TailraceException build() {
      return new TailraceException(this);
    }
  }
}
