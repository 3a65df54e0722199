package dev.tailrace.testing.conversation;

import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A text with at most one placeholder in it.
 *
 * @param before what stands before the placeholder, or all
 * @param placeholder null: there is none
 * @param after what stands behind it
 */
record TextPattern(String before, @Nullable Placeholder placeholder, String after) {
  private static final Pattern PLACEHOLDER =
      Pattern.compile(
          "\\{(?<kind>[a-z]+)(:(?<name>[a-z0-9]+)(?<changes>([+|][a-z0-9]+)*))?(=(?<example>[^}]*))?}");

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException when a placeholder is none, or there are several
   */
  static TextPattern of(String text) {
    Matcher matcher = PLACEHOLDER.matcher(text);
    if (!matcher.find()) {
      return new TextPattern(text, null, "");
    }
    String after = text.substring(matcher.end());
    if (PLACEHOLDER.matcher(after).find()) {
      throw new IllegalArgumentException("several placeholders in one text: " + text);
    }
    return new TextPattern(
        text.substring(0, matcher.start()),
        new Placeholder(
            ValueKind.named(Objects.requireNonNull(matcher.group("kind"))),
            Objects.requireNonNullElse(matcher.group("name"), ""),
            Objects.requireNonNullElse(matcher.group("changes"), ""),
            matcher.group("example")),
        after);
  }

  /** Whether it is a placeholder and nothing else. */
  boolean isOnly(ValueKind kind) {
    return placeholder != null && placeholder.kind() == kind && before.isEmpty() && after.isEmpty();
  }

  /** The text to send. */
  String fill(Bindings bindings) {
    return placeholder == null ? before : before + placeholder.fill(bindings) + after;
  }

  /** Whether this text may stand here; binds what is bound by it. */
  boolean takes(String text, Bindings bindings) {
    if (placeholder == null) {
      return text.equals(before);
    }
    return text.length() >= before.length() + after.length()
        && text.startsWith(before)
        && text.endsWith(after)
        && placeholder.takes(
            text.substring(before.length(), text.length() - after.length()), bindings);
  }

  /** For people. */
  String shown(Bindings bindings) {
    return placeholder == null ? before : before + placeholder.shown(bindings) + after;
  }
}
