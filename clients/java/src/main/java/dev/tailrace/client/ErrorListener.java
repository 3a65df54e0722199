package dev.tailrace.client;

/**
 * Is told what went wrong, whether or not it is tried again.
 *
 * <p>Threading: called on the client's own thread, one call at a time. An exception that it throws
 * stops nothing: it is reported as {@code listener_failed}.
 */
@FunctionalInterface
public interface ErrorListener {
  /** Is told one. */
  void onError(TailraceException error);
}
