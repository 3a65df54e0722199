package dev.tailrace.edge.http;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * A request whose body is to come in within a time, however its bytes trickle in; Jetty's idle
 * timer does not see that, for each byte begins it anew. Whoever reads it is told a {@link
 * BodyOverdueException} then.
 *
 * <p>A body that is there with its head takes no timer.
 *
 * <p>Threading: read by one thread at a time, as Jetty calls it; the deadline comes on its
 * scheduler's thread, and calls whoever waits for more.
 */
final class RequestBody extends Request.Wrapper {
  /** A body was not there in its time. */
  static final class BodyOverdueException extends TimeoutException {
    private static final long serialVersionUID = 1L;

    private BodyOverdueException() {
      super("the body was not there in its time");
    }
  }

  /** Calls whoever waits for more once, for the next chunk or the deadline. */
  private static final class Demand extends AtomicBoolean implements Runnable {
    private static final long serialVersionUID = 1L;

    private final transient Runnable task;

    private Demand(Runnable task) {
      this.task = task;
    }

    @Override
    public void run() {
      if (compareAndSet(false, true)) {
        task.run();
      }
    }
  }

  private final Duration timeout;
  private final Runnable onOverdue;
  private Content.@Nullable Chunk first;
  private volatile Scheduler.@Nullable Task deadline;
  private volatile @Nullable Demand demand;
  private volatile boolean overdue;
  private volatile boolean begun;
  private volatile boolean whole;
  private volatile boolean failed;
  private volatile boolean givenUp;

  /**
   * That of a request.
   *
   * @param first what has been read of it; null for nothing
   * @param timeout from the first wait for more; zero for ever
   * @param onOverdue told when it is not there in its time
   */
  RequestBody(
      Request request, Content.@Nullable Chunk first, Duration timeout, Runnable onOverdue) {
    super(request);
    this.first = first;
    this.timeout = timeout;
    this.onOverdue = onOverdue;
  }

  @Override
  public Content.@Nullable Chunk read() {
    Content.Chunk chunk = next();
    if (chunk != null) {
      begun = true;
      if (Content.Chunk.isFailure(chunk)) {
        failed = true;
        end();
      } else if (chunk.isLast()) {
        whole = true;
        end();
      }
    }
    return chunk;
  }

  private Content.@Nullable Chunk next() {
    Content.Chunk chunk = first;
    if (chunk != null) {
      first = null;
      return chunk;
    }
    return overdue && !whole ? Content.Chunk.from(new BodyOverdueException(), true) : super.read();
  }

  private void end() {
    Scheduler.Task task = deadline;
    if (task != null) {
      task.cancel();
    }
  }

  @Override
  public void demand(Runnable task) {
    Demand next = new Demand(task);
    demand = next; // first: the next chunk may be there at once, and be asked for the one after it
    if (deadline == null && !timeout.isZero()) {
      deadline =
          getComponents()
              .getScheduler()
              .schedule(this::onDeadline, timeout.toMillis(), TimeUnit.MILLISECONDS);
    }
    if (!overdue) {
      super.demand(next);
    }
    if (overdue) {
      next.run();
    }
  }

  private void onDeadline() {
    if (whole || failed) {
      return;
    }
    overdue = true;
    onOverdue.run();
    Demand waiting = demand;
    if (waiting != null) {
      waiting.run();
    }
  }

  /** Whether all of it has been read. */
  boolean isWhole() {
    return whole;
  }

  /** Whether more came than is read for nothing, or it failed. */
  boolean isGivenUp() {
    return givenUp || failed;
  }

  /** Nothing more of it is wanted. */
  void giveUp() {
    givenUp = true;
    end();
    Content.Chunk unread = first;
    if (unread != null) {
      first = null;
      unread.release();
    }
  }

  /** Whether its client has not begun to send it, and waits for a word. */
  boolean isHeldBack() {
    return !begun && getHeaders().contains(HttpHeader.EXPECT);
  }

  /**
   * Reads the rest and throws it away: as much as this, and as long as it may take.
   *
   * @param then called once, from here or later, also when not all could be read
   */
  void discard(long maxBytes, Runnable then) {
    if (whole || failed || givenUp || isHeldBack()) {
      then.run();
    } else {
      new Discarding(maxBytes, then).run();
    }
  }

  private final class Discarding implements Runnable {
    private final Runnable then;
    private long left;

    private Discarding(long maxBytes, Runnable then) {
      this.left = maxBytes;
      this.then = then;
    }

    @Override
    public void run() {
      while (true) {
        Content.Chunk chunk = read();
        if (chunk == null) {
          demand(this);
          return;
        }
        left -= chunk.remaining();
        chunk.release();
        if (left < 0) {
          giveUp();
        }
        if (whole || failed || givenUp) {
          then.run();
          return;
        }
      }
    }
  }
}
