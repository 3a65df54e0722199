package dev.tailrace.edge.transport.sse;

import dev.tailrace.edge.connection.WriteCallback;
import dev.tailrace.edge.transport.TurnBuffer;
import dev.tailrace.edge.transport.TurnBuffers;
import dev.tailrace.edge.transport.TurnWrite;
import java.nio.ByteBuffer;
import org.eclipse.jetty.server.Response;
import org.jspecify.annotations.Nullable;

/**
 * A turn of an event stream: blocks in a pooled buffer, and at most one that is too long to be
 * copied for each of its readers, between what comes before and after it. That one is written from
 * where all have it, so that many clients that do not take it hold it once.
 *
 * <p>Threading: the delivery agent until it is written, Jetty's threads then.
 */
final class SseTurn {
  private final TurnBuffers buffers;
  private @Nullable TurnBuffer before;
  private byte @Nullable [] shared;
  private @Nullable TurnBuffer after;

  SseTurn(TurnBuffers buffers) {
    this.buffers = buffers;
  }

  /**
   * Adds a block that others have too.
   *
   * @param followedBy bytes that are to be added next
   */
  void putShared(byte[] block, int followedBy) {
    if (shared == null && !buffers.isCopied(block.length)) {
      shared = block;
    } else {
      room(block.length + followedBy).put(block);
    }
  }

  /** Where the next bytes go, about so many. */
  TurnBuffer room(int bytes) {
    TurnBuffer last = shared == null ? before : after;
    if (last == null) {
      last = buffers.acquire(bytes);
      if (shared == null) {
        before = last;
      } else {
        after = last;
      }
    }
    return last;
  }

  int length() {
    return length(before) + (shared == null ? 0 : shared.length) + length(after);
  }

  private static int length(@Nullable TurnBuffer part) {
    return part == null ? 0 : part.length();
  }

  /** Whether it should go out before anything is added. */
  boolean isFull() {
    return shared != null || length() >= buffers.turnBytes();
  }

  /** Writes one part after the other; nothing can be added after this. */
  void write(Response response, WriteCallback written) {
    write(response, before, failure -> writeShared(response, failure, written));
  }

  private void writeShared(Response response, @Nullable Throwable failure, WriteCallback written) {
    byte[] block = shared;
    if (failure == null && block != null) {
      response.write(
          false,
          ByteBuffer.wrap(block),
          new TurnWrite(null, failed -> writeAfter(response, failed, written)));
    } else {
      writeAfter(response, failure, written);
    }
  }

  private void writeAfter(Response response, @Nullable Throwable failure, WriteCallback written) {
    if (failure == null) {
      write(response, after, written);
    } else {
      release(after);
      written.onWritten(failure);
    }
  }

  private static void write(Response response, @Nullable TurnBuffer part, WriteCallback written) {
    if (part == null) {
      written.onWritten(null);
    } else {
      response.write(false, part.toWrite(), new TurnWrite(part, written));
    }
  }

  /** It will not be written. */
  void release() {
    release(before);
    release(after);
  }

  private static void release(@Nullable TurnBuffer part) {
    if (part != null) {
      part.release();
    }
  }
}
