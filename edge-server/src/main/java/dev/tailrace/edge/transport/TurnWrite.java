package dev.tailrace.edge.transport;

import dev.tailrace.edge.connection.WriteCallback;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * The end of a write from a turn's buffer: the buffer goes back when all of it is written, and is
 * abandoned when that failed; then it is told on.
 *
 * <p>Threading: Jetty's threads, or whoever wrote, within the call.
 */
public final class TurnWrite implements Callback {
  private final @Nullable TurnBuffer buffer;
  private final WriteCallback told;

  /** Of this buffer, or of bytes that are nobody's to give back. */
  public TurnWrite(@Nullable TurnBuffer buffer, WriteCallback told) {
    this.buffer = buffer;
    this.told = told;
  }

  @Override
  public void succeeded() {
    if (buffer != null) {
      buffer.release();
    }
    told.onWritten(null);
  }

  @Override
  public void failed(Throwable failure) {
    if (buffer != null) {
      buffer.abandon();
    }
    told.onWritten(failure);
  }
}
