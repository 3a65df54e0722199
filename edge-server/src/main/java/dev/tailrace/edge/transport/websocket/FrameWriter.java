package dev.tailrace.edge.transport.websocket;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * All that goes out on a WebSocket, whole frames in the order they are given: what comes while a
 * write is in flight waits, so that no control frame can get in between the bytes of a turn.
 * Nobody's frames are bounded here: the agent has one turn out at a time, and a client few commands
 * and pings.
 *
 * <p>There is a timer only while a client does not take what is written.
 *
 * <p>Threading: any thread; callbacks come on the caller's or on Jetty's threads, never under the
 * lock.
 */
final class FrameWriter implements Callback {
  private final EndPoint endPoint;
  private final long stallTimeoutMs;

  @GuardedBy("this")
  private @Nullable Callback inFlight;

  @GuardedBy("this")
  private @Nullable Queue<Write> waiting;

  @GuardedBy("this")
  private @Nullable Throwable over;

  /** Bytes that are to be written, and who hears of it. */
  private record Write(ByteBuffer bytes, Callback written) {}

  /**
   * To this end point, which nobody else writes to.
   *
   * @param stallTimeoutMs how long a client may take nothing of what is written
   */
  FrameWriter(EndPoint endPoint, long stallTimeoutMs) {
    this.endPoint = endPoint;
    this.stallTimeoutMs = stallTimeoutMs;
  }

  /** Writes whole frames. */
  void write(ByteBuffer frames, Callback written) {
    add(frames, written, false);
  }

  /** Writes whole frames, and then no more: what is given after them fails. */
  void writeLast(ByteBuffer frames, Callback written) {
    add(frames, written, true);
  }

  private void add(ByteBuffer frames, Callback written, boolean last) {
    Throwable refused;
    synchronized (this) {
      refused = over;
      if (last && over == null) {
        over = new IOException("the WebSocket is closed");
      }
      if (refused == null && inFlight != null) {
        if (waiting == null) {
          waiting = new ArrayDeque<>(2);
        }
        waiting.add(new Write(frames, written));
        return;
      }
      if (refused == null) {
        inFlight = written;
      }
    }
    if (refused == null) {
      start(frames);
    } else {
      written.failed(refused);
    }
  }

  private void start(ByteBuffer frames) {
    endPoint.write(this, frames);
    synchronized (this) {
      if (inFlight != null) {
        endPoint.setIdleTimeout(stallTimeoutMs);
      }
    }
  }

  @Override
  public void succeeded() {
    Callback written;
    Write next;
    synchronized (this) {
      written = inFlight;
      next = waiting == null ? null : waiting.poll();
      inFlight = next == null ? null : next.written();
      if (next == null) {
        waiting = null;
        stopTimer();
      }
    }
    if (written != null) {
      written.succeeded();
    }
    if (next != null) {
      start(next.bytes());
    }
  }

  @Override
  public void failed(Throwable failure) {
    Callback written;
    Queue<Write> unwritten;
    synchronized (this) {
      over = failure;
      written = inFlight;
      unwritten = waiting;
      inFlight = null;
      waiting = null;
      stopTimer();
    }
    if (written != null) {
      written.failed(failure);
    }
    if (unwritten != null) {
      unwritten.forEach(write -> write.written().failed(failure));
    }
  }

  @GuardedBy("this")
  private void stopTimer() {
    if (endPoint.getIdleTimeout() > 0) {
      endPoint.setIdleTimeout(0);
    }
  }

  /** Whether the client is to take something. */
  synchronized boolean isWriting() {
    return inFlight != null;
  }

  @Override
  public InvocationType getInvocationType() {
    return InvocationType.NON_BLOCKING;
  }
}
