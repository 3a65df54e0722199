package dev.tailrace.edge.log;

import org.jspecify.annotations.Nullable;

/**
 * What the record of a traced delivery said of its trace, byte for byte, and when it was read.
 *
 * <p>Threading: immutable.
 */
public final class TraceMark {
  private final byte[] parent;
  private final byte @Nullable [] state;
  private final long readNanos;

  /**
   * Of a record whose trace is kept.
   *
   * @param parent its header {@code traceparent}; not to be modified
   * @param state its header {@code tracestate}, if it has one; not to be modified
   * @param readNanos nanoseconds since the epoch
   */
  public TraceMark(byte[] parent, byte @Nullable [] state, long readNanos) {
    this.parent = parent;
    this.state = state;
    this.readNanos = readNanos;
  }

  /** The header {@code traceparent}; not to be modified. */
  public byte[] parent() {
    return parent;
  }

  /** The header {@code tracestate}; not to be modified. */
  public byte @Nullable [] state() {
    return state;
  }

  /** When the record was read, nanoseconds since the epoch. */
  public long readNanos() {
    return readNanos;
  }

  /** What it takes in memory, roughly. */
  int weight() {
    return 64 + parent.length + (state == null ? 0 : state.length);
  }
}
