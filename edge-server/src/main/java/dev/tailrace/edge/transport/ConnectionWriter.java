package dev.tailrace.edge.transport;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritePendingException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * All that goes out on a connection that was taken over from Jetty, in the order it is given: what
 * comes while a write is in flight waits, so that nothing can get in between the bytes of a turn.
 * How much waits is not bounded here: the agent has one turn out at a time, and a client few
 * commands and pings.
 *
 * <p>A client that takes nothing of what is written for the stall timeout and a half, twice that
 * timeout at most, is cut. It is looked at three times: an edge that stood still itself finds one
 * look due, however much time is gone, and the others leave its clients the timeout. Jetty's idle
 * timer would not do: it takes what a client sends for a sign of life. Unlike that one, this timer
 * is there only while a client is behind, and until it has run out after that.
 *
 * <p>Threading: any thread; callbacks come on the caller's or on Jetty's threads, never under the
 * lock.
 */
public final class ConnectionWriter implements Callback {
  private static final int LOOKS = 3;

  private final EndPoint endPoint;
  private final Scheduler scheduler;
  private final Duration betweenLooks;

  @GuardedBy("this")
  private @Nullable Write inFlight;

  @GuardedBy("this")
  private @Nullable Queue<Write> waiting;

  @GuardedBy("this")
  private @Nullable Throwable over;

  @GuardedBy("this")
  private boolean watched;

  /** Bytes that are to be written, and who hears of it. */
  private static final class Write {
    private final Callback written;
    private final ByteBuffer[] bytes;

    private Write(Callback written, ByteBuffer... bytes) {
      this.written = written;
      this.bytes = bytes;
    }
  }

  /**
   * To this end point, which nobody else writes to.
   *
   * @param stallTimeout how long a client may take nothing of what is written
   */
  public ConnectionWriter(EndPoint endPoint, Scheduler scheduler, Duration stallTimeout) {
    this.endPoint = endPoint;
    this.scheduler = scheduler;
    this.betweenLooks = stallTimeout.dividedBy(LOOKS - 1);
  }

  /** Writes all of these, in one piece. */
  public void write(Callback written, ByteBuffer... bytes) {
    add(new Write(written, bytes), false);
  }

  /** Writes these, and then no more: what is given after them fails. */
  public void writeLast(Callback written, ByteBuffer... bytes) {
    add(new Write(written, bytes), true);
  }

  private void add(Write write, boolean last) {
    Throwable refused;
    synchronized (this) {
      refused = over;
      if (last && over == null) {
        over = new IOException("the connection is closed");
      }
      if (refused == null && inFlight != null) {
        if (waiting == null) {
          waiting = new ArrayDeque<>(2);
        }
        waiting.add(write);
        return;
      }
      if (refused == null) {
        inFlight = write;
      }
    }
    if (refused == null) {
      start(write);
    } else {
      write.written.failed(refused);
    }
  }

  private void start(Write write) {
    try {
      endPoint.write(this, write.bytes);
    } catch (WritePendingException e) {
      failed(e); // nobody else writes: so it was cut just now, between two looks of Jetty's at that
    }
    synchronized (this) {
      if (inFlight == null || watched) {
        return;
      }
      watched = true;
    }
    watch(null, 0, 0);
  }

  /** Looks whether anything has been taken since the look before, and how often nothing was. */
  private void watch(@Nullable Write before, long remainingBefore, int untakenBefore) {
    Write now;
    synchronized (this) {
      now = inFlight;
      watched = now != null;
    }
    if (now == null) {
      return;
    }
    long remaining = BufferUtil.remaining(now.bytes);
    int untaken = now == before && remaining == remainingBefore ? untakenBefore + 1 : 0;
    if (untaken == LOOKS) {
      cut(new TimeoutException("the client takes nothing of what is written"));
      return;
    }
    Deadline.set(scheduler, betweenLooks, () -> watch(now, remaining, untaken));
  }

  /**
   * Ends the connection; whoever waits for a write hears of it. A stream of HTTP/2 is to be reset:
   * Jetty's session keeps one that is only closed, and what is written to it and waits for the
   * client to make room, for as long as it lasts itself, and the client is not told.
   */
  public void cut(Throwable cause) {
    boolean ofHttp2 = endPoint.getTransport() instanceof Stream;
    // One that is closed fails its writes by itself. It may be this thread that has found it closed
    // in the middle of a write, as TLS does, and Jetty would wait for the end of that here for
    // ever.
    Callback cancelled = ofHttp2 || endPoint.isOpen() ? endPoint.cancelWrite(cause) : null;
    if (cancelled != null) {
      cancelled.failed(cause);
    }
    if (endPoint.getTransport() instanceof Stream stream && !stream.isClosed()) {
      int why = ErrorCode.CANCEL_STREAM_ERROR.code;
      stream.reset(new ResetFrame(stream.getId(), why), Callback.NOOP);
    }
    endPoint.close(cause);
  }

  @Override
  public void succeeded() {
    Write done;
    Write next;
    synchronized (this) {
      done = inFlight;
      next = waiting == null ? null : waiting.poll();
      inFlight = next;
      if (next == null) {
        waiting = null;
      }
    }
    if (done != null) {
      done.written.succeeded();
    }
    if (next != null) {
      start(next);
    }
  }

  @Override
  public void failed(Throwable failure) {
    Write done;
    Queue<Write> unwritten;
    synchronized (this) {
      over = failure;
      done = inFlight;
      unwritten = waiting;
      inFlight = null;
      waiting = null;
    }
    if (done != null) {
      done.written.failed(failure);
    }
    if (unwritten != null) {
      unwritten.forEach(write -> write.written.failed(failure));
    }
  }

  @Override
  public InvocationType getInvocationType() {
    return InvocationType.NON_BLOCKING;
  }
}
