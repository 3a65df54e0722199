package dev.tailrace.edge.transport.sse;

import dev.tailrace.edge.transport.TurnBuffer;
import java.nio.ByteBuffer;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Where an event stream's bytes go.
 *
 * <p>Threading: one write at a time, from any thread; {@link #fail} at any time.
 */
interface StreamOutput {
  /** So many bytes are to be left free in front of a turn. */
  int headRoom();

  /** Writes a turn. */
  void write(TurnBuffer turn, Callback written);

  /** Writes bytes that others write too. */
  void write(byte[] shared, Callback written);

  /** Writes the last bytes there are, and ends the stream. */
  void end(ByteBuffer last);

  /** Runs what has a deadline. */
  Scheduler scheduler();

  /** Cuts the stream off, if it has not ended. */
  void fail(Throwable failure);
}
