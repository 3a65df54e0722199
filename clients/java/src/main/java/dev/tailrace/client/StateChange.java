package dev.tailrace.client;

import org.jspecify.annotations.Nullable;

/**
 * That the state or the transport is another one now.
 *
 * <p>Threading: immutable.
 */
public final class StateChange {
  private final State state;
  private final Transport transport;
  private final @Nullable TailraceException error;
  private final long retryMs;

  StateChange(State state, Transport transport, @Nullable TailraceException error, long retryMs) {
    this.state = state;
    this.transport = transport;
    this.error = error;
    this.retryMs = retryMs;
  }

  /** What it is now. */
  public State state() {
    return state;
  }

  /** The way of the connection that there is, or is tried. */
  public Transport transport() {
    return transport;
  }

  /** Why it waits, tries another way or is closed; null if there is nothing to say. */
  public @Nullable TailraceException error() {
    return error;
  }

  /** After so many milliseconds it tries again, while {@link State#WAITING}; else 0. */
  public long retryMs() {
    return retryMs;
  }
}
