package dev.tailrace.system;

import java.io.IOException;

/** An edge did not take a request as it should have. */
final class RefusedException extends IOException {
  private static final long serialVersionUID = 1;

  RefusedException(String message) {
    super(message);
  }
}
