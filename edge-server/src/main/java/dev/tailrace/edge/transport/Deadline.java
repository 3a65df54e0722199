package dev.tailrace.edge.transport;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Time limits of connections on Jetty's scheduler, which refuses them when the edge has stopped.
 *
 * <p>Threading: any thread.
 */
public final class Deadline {
  private Deadline() {}

  /**
   * Has this done after a time, on a thread that must not be held up; at once when the edge has
   * stopped.
   */
  public static Scheduler.Task set(Scheduler scheduler, Duration time, Runnable task) {
    try {
      return scheduler.schedule(task, time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      task.run();
      return () -> false;
    }
  }
}
