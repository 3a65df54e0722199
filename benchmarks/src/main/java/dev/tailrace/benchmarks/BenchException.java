package dev.tailrace.benchmarks;

/** A benchmark that cannot go on; the message is for whoever started it. */
public final class BenchException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Alone. */
  public BenchException(String message) {
    super(message);
  }

  /** Of another failure. */
  public BenchException(String message, Throwable cause) {
    super(message, cause);
  }
}
