package dev.tailrace.testing.conversation;

import org.jspecify.annotations.Nullable;

/**
 * A line of an event stream's block.
 *
 * @param before the field's name, with what stands behind it
 * @param json the value, when it is JSON
 * @param text the whole line, when it is not
 */
record BlockLine(String before, @Nullable JsonPattern json, TextPattern text) {
  private static final String DATA = "data: ";

  static BlockLine of(String line) {
    return line.startsWith(DATA + "{\"")
        ? new BlockLine(DATA, JsonPattern.of(line.substring(DATA.length())), TextPattern.of(""))
        : new BlockLine("", null, TextPattern.of(line));
  }

  /** The line to send. */
  String fill(Bindings bindings) {
    return json == null ? text.fill(bindings) : before + json.fill(bindings);
  }

  /** What is wrong with this line, or null. */
  @Nullable String mismatch(String line, Bindings bindings) {
    if (json == null) {
      return text.takes(line, bindings) ? null : "a line should be " + text.shown(bindings);
    }
    return line.startsWith(before)
        ? json.mismatch(line.substring(before.length()), bindings)
        : "a line should have data";
  }
}
