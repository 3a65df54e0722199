package dev.tailrace.images;

import org.jspecify.annotations.Nullable;

/** Why there is no image; the message is one line that says what to do. */
public final class ImageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ImageException(String message) {
    this(message, null);
  }

  ImageException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
