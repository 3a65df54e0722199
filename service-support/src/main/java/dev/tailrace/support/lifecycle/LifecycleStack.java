package dev.tailrace.support.lifecycle;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has been started, so that it can be stopped in reverse: each part is pushed as soon as it
 * runs, and {@link #close} stops all of them, the last started first, whatever fails on the way.
 *
 * <p>Threading: pushed to by one thread; {@link #close} may come from another, once or again.
 */
public final class LifecycleStack implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LifecycleStack.class);

  private record Part(String name, AutoCloseable stop) {}

  private final Deque<Part> started = new ArrayDeque<>();
  private boolean closed;

  /**
   * Registers a running part; returns it.
   *
   * @throws IllegalStateException when all has been stopped; then the part is, too
   */
  public <T extends AutoCloseable> T push(String name, T part) {
    Part added = new Part(name, part);
    if (!add(added)) {
      stop(added);
      throw new IllegalStateException(name + " was started after the stop");
    }
    return part;
  }

  private synchronized boolean add(Part part) {
    if (!closed) {
      started.push(part);
    }
    return !closed;
  }

  /** Stops everything; failures are logged, and do not keep the others from being stopped. */
  @Override
  public void close() {
    for (Part part = pop(); part != null; part = pop()) {
      stop(part);
    }
  }

  private static void stop(Part part) {
    try {
      part.stop().close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      LOG.warn("interrupted while stopping {}", part.name(), e);
    } catch (Exception e) {
      LOG.warn("stopping {} failed", part.name(), e);
    }
  }

  private synchronized @Nullable Part pop() {
    closed = true;
    return started.poll();
  }
}
