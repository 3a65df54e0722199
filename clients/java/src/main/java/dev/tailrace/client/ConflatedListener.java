package dev.tailrace.client;

import java.util.List;

/**
 * Is told when this client is too slow for some channels: until it has caught up they bring the
 * newest event of each conflation key only.
 *
 * <p>Threading: called on the client's own thread, one call at a time. An exception that it throws
 * stops nothing: it is reported as {@code listener_failed}.
 */
@FunctionalInterface
public interface ConflatedListener {
  /** Is told which. */
  void onConflated(List<String> channels);
}
