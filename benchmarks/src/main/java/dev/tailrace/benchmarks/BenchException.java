package dev.tailrace.benchmarks;

/** A benchmark that cannot go on; the message is for whoever started it. */
public final class BenchException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  BenchException(String message) {
    super(message);
  }

  BenchException(String message, Throwable cause) {
    super(message, cause);
  }
}
