package dev.tailrace.edge.publish;

/** A publish object that cannot be read; its detail says what is wrong, for its publisher. */
public final class MalformedPublishException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String detail;

  MalformedPublishException(String detail) {
    super(detail);
    this.detail = detail;
  }

  /** What is wrong, in words. */
  public String detail() {
    return detail;
  }
}
