package dev.tailrace.system;

import java.io.IOException;

/** An edge did not take a request as it should have. */
final class RefusedException extends IOException {
  private static final long serialVersionUID = 1;

  RefusedException(String message) {
    super(message);
  }

  /** What such an answer is: a proxy's own, that it has no edge, is as if nobody were there. */
  static IOException of(int status, String body) {
    String answer = status + " " + body;
    return status > 500 && body.startsWith("<html>")
        ? new IOException(answer)
        : new RefusedException(answer);
  }
}
