package dev.tailrace.edge.auth;

/** A key, or a file of keys, that no token can be verified with; the message says what to do. */
final class UnusableKeyException extends Exception {
  private static final long serialVersionUID = 1L;

  UnusableKeyException(String message) {
    super(message);
  }

  UnusableKeyException(String message, Throwable cause) {
    super(message, cause);
  }
}
