package dev.tailrace.dispatcher.http;

/** The operator port cannot be served; the message says why and what to do. */
public final class OperatorPortException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  OperatorPortException(String message, Throwable cause) {
    super(message, cause);
  }
}
