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

  /** Registers a running part; returns it. */
  public synchronized <T extends AutoCloseable> T push(String name, T part) {
    started.push(new Part(name, part));
    return part;
  }

  /** Stops everything; failures are logged, and do not keep the others from being stopped. */
  @Override
  public void close() {
    for (Part part = pop(); part != null; part = pop()) {
      try {
        part.stop().close();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        LOG.warn("interrupted while stopping {}", part.name(), e);
      } catch (Exception e) {
        LOG.warn("stopping {} failed", part.name(), e);
      }
    }
  }

  private synchronized @Nullable Part pop() {
    return started.poll();
  }
}
