package dev.tailrace.edge.connection;

import org.jspecify.annotations.Nullable;

/** Hears once how a flush ended. Called from any thread, possibly within the call of flush. */
@FunctionalInterface
public interface WriteCallback {
  /** The bytes are written; or, with a failure, the connection is gone. */
  void onWritten(@Nullable Throwable failure);
}
