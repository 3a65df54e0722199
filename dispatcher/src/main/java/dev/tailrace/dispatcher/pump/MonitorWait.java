package dev.tailrace.dispatcher.pump;

/**
 * Waits on a monitor that its thread holds, as {@link Object#wait(long)} does.
 *
 * <p>Threading: any.
 */
@FunctionalInterface
public interface MonitorWait {
  /** Ends after this long, when the monitor is notified, or before that. */
  void await(Object monitor, long ms) throws InterruptedException;
}
