package dev.tailrace.testing.conversation;

import org.jspecify.annotations.Nullable;

/** What a frame's line says: JSON, or behind {@code text} any other text. */
final class FrameText {
  private static final String RAW = "text ";

  private FrameText() {}

  /** The message to send. */
  static String fill(String line, Bindings bindings) {
    return line.startsWith(RAW)
        ? line.substring(RAW.length())
        : JsonPattern.of(line).fill(bindings).toString();
  }

  /** What is wrong with a message, or null. */
  static @Nullable String mismatch(String line, String message, Bindings bindings) {
    if (line.startsWith(RAW)) {
      return line.equals(RAW + message) ? null : "should be " + line + ": " + message;
    }
    String mismatch = JsonPattern.of(line).mismatch(message, bindings);
    return mismatch == null ? null : "%s: %s".formatted(mismatch, message);
  }
}
