package dev.tailrace.testing.conversation;

/** Somebody did not do what a line of a conversation says; names the line, and what came. */
public final class DepartureException extends AssertionError {
  private static final long serialVersionUID = 1L;

  DepartureException(String message) {
    super(message);
  }

  DepartureException(String message, Throwable cause) {
    super(message, cause);
  }
}
