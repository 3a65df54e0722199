package dev.tailrace.benchmarks.peers;

import java.util.ArrayDeque;
import java.util.Queue;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * One connection's way out: one write at a time, what comes meanwhile waits.
 *
 * <p>Threading: any; its lock is not held while it writes.
 */
abstract class BareStream implements Callback {
  /** Its place among its name's followers when it has none. */
  static final int NOWHERE = -1;

  /** Most events that wait for a client; what comes then is dropped. */
  private static final int MOST_WAITING = 4_096;

  /** Guarded by the lock of its name. */
  int place = NOWHERE;

  private final Followers.Name name;
  private @Nullable Queue<OutgoingEvent> waiting;
  private boolean writing;
  private boolean starting;
  private boolean written;

  BareStream(Followers.Name name) {
    this.name = name;
  }

  /** Begins to write; this is told when it is done. */
  abstract void write(OutgoingEvent event);

  final Followers.Name name() {
    return name;
  }

  final void send(OutgoingEvent event) {
    synchronized (this) {
      if (writing) {
        Queue<OutgoingEvent> queue = waiting == null ? new ArrayDeque<>() : waiting;
        waiting = queue;
        if (queue.size() < MOST_WAITING) {
          queue.add(event);
        }
        return;
      }
      writing = true;
    }
    writeFrom(event);
  }

  /** Goes on as long as writes are done at once: not by recursion, a long queue is deep. */
  private void writeFrom(OutgoingEvent first) {
    OutgoingEvent next = first;
    while (next != null) {
      synchronized (this) {
        starting = true;
        written = false;
      }
      write(next);
      synchronized (this) {
        starting = false;
        if (!written) {
          return;
        }
        next = takeNext();
      }
    }
  }

  /** Under the lock. */
  private @Nullable OutgoingEvent takeNext() {
    OutgoingEvent next = waiting == null ? null : waiting.poll();
    writing = next != null;
    return next;
  }

  @Override
  public final void succeeded() {
    OutgoingEvent next;
    synchronized (this) {
      written = true;
      if (starting) {
        return;
      }
      next = takeNext();
    }
    if (next != null) {
      writeFrom(next);
    }
  }

  /** The client has gone: nothing is written any more. */
  @Override
  public void failed(Throwable failure) {
    name.remove(this);
  }

  @Override
  public final InvocationType getInvocationType() {
    return InvocationType.NON_BLOCKING;
  }
}
