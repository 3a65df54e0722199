package dev.tailrace.edge.cursor;

/** A cursor that is not well-formed; the message says what is wrong with it. */
public final class InvalidCursorException extends Exception {
  private static final long serialVersionUID = 1L;

  /** With what is wrong. */
  public InvalidCursorException(String message) {
    super(message);
  }
}
