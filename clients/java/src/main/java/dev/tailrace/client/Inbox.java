package dev.tailrace.client;

import java.io.InterruptedIOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What has been read from one connection and waits for the owner. It holds so many characters; then
 * the reader waits, and with it the server.
 *
 * <p>Threading: one reader puts; the owner takes.
 */
final class Inbox {
  private static final int MOST_CHARS = 4 << 20;
  private static final int LEAST_CHARS = 512; // objects cost something, too

  private final Owner owner;
  private final Semaphore room = new Semaphore(MOST_CHARS);
  private final AtomicBoolean closed = new AtomicBoolean();

  Inbox(Owner owner) {
    this.owner = owner;
  }

  /**
   * Has the owner run it, unless this is closed by then. Waits for room.
   *
   * @throws InterruptedIOException if the reader is interrupted meanwhile
   */
  void put(int chars, Runnable task) throws InterruptedIOException {
    int weight = Math.min(MOST_CHARS, chars + LEAST_CHARS);
    try {
      room.acquire(weight);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
    owner.execute(
        () -> {
          try {
            if (!closed.get()) {
              task.run();
            }
          } finally {
            room.release(weight);
          }
        });
  }

  /** Whether the owner has something to take yet. */
  boolean isWaiting() {
    return room.availablePermits() < MOST_CHARS;
  }

  /** What waits is dropped, and no reader waits any more. */
  void close() {
    if (closed.compareAndSet(false, true)) {
      room.release(Integer.MAX_VALUE / 2);
    }
  }
}
