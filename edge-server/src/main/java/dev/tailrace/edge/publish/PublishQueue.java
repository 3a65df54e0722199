package dev.tailrace.edge.publish;

import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * What waits for {@code edge-publish}. Who bounds it is {@link InFlightBudget}.
 *
 * <p>Threading: {@link #add} and {@link #close} from any thread; {@code edge-publish} takes, and
 * after the close takes out what is left. What is added meanwhile is taken out by one of the two.
 */
final class PublishQueue<E> {
  private final LinkedBlockingQueue<E> queue = new LinkedBlockingQueue<>();
  private volatile boolean closed;

  /** False when it is closed: nobody will take it. */
  boolean add(E one) {
    if (closed) {
      return false;
    }
    queue.add(one);
    // It may have been closed, and what was left taken out, before this came in.
    return !closed || !queue.remove(one);
  }

  /** Waits for the next. */
  E take() throws InterruptedException {
    return queue.take();
  }

  /** One that is left; null when none is. */
  @Nullable E poll() {
    return queue.poll();
  }

  /** Takes nothing more. */
  void close() {
    closed = true;
  }

  boolean isClosed() {
    return closed;
  }
}
