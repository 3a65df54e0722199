package dev.tailrace.dispatcher.admin;

/** A topic the platform's guarantees cannot rest on; the message says why and what to run. */
public final class TopicRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TopicRefusedException(String message) {
    super(message);
  }

  TopicRefusedException(String message, Throwable cause) {
    super(message, cause);
  }
}
