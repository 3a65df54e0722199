package dev.tailrace.client;

/** What a {@link Tailrace} is doing. */
public enum State {
  /** Makes a connection. */
  CONNECTING,
  /** Connected, and nothing is missed. */
  LIVE,
  /** Tries again by itself after a while. */
  WAITING,
  /** Holds no connection until {@link Tailrace#wake()}. */
  SLEEPING,
  /** For good. */
  CLOSED
}
