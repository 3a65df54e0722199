package dev.tailrace.dispatcher.pump;

/** A pump cannot go on as it is and has to start again from its commit; the message says why. */
final class PumpStoppedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  PumpStoppedException(String message) {
    super(message);
  }

  PumpStoppedException(String message, Throwable cause) {
    super(message, cause);
  }
}
