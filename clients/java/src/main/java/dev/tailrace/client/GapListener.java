package dev.tailrace.client;

/**
 * Is told each gap, before anything newer.
 *
 * <p>Threading: called on the client's own thread, one call at a time. An exception that it throws
 * stops nothing: it is reported as {@code listener_failed}.
 */
@FunctionalInterface
public interface GapListener {
  /** Is told one. */
  void onGap(Gap gap);
}
