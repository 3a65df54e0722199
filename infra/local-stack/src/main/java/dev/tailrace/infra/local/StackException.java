package dev.tailrace.infra.local;

/** The local stack cannot run, or broke; the message says why and what to do. */
public final class StackException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final int exitCode;

  private StackException(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  /** It cannot start as asked. */
  static StackException impossible(String message) {
    return new StackException(2, message);
  }

  /** It ran, and no longer does. */
  static StackException broken(String message) {
    return new StackException(1, message);
  }

  /** What the process should end with. */
  public int exitCode() {
    return exitCode;
  }
}
