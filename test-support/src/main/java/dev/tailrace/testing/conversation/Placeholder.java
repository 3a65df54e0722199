package dev.tailrace.testing.conversation;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A value that differs from run to run.
 *
 * @param kind what it may be
 * @param name what the value is bound to; empty: to nothing
 * @param changes of a cursor, one behind the other: {@code +a}, moved by the cursor {@code a}, or
 *     {@code |a}, raised by it; empty: it is as it is
 * @param example what is sent when nothing is bound; null: it must be bound
 */
record Placeholder(ValueKind kind, String name, String changes, @Nullable String example) {
  private static final Pattern CHANGE = Pattern.compile("([+|])([a-z0-9]+)");

  Placeholder {
    if (example != null && !kind.fits(example)) {
      throw new IllegalArgumentException("%s is no %s".formatted(example, kind));
    }
    if (!changes.isEmpty() && kind != ValueKind.CURSOR) {
      throw new IllegalArgumentException("only a cursor is changed by another, not a " + kind);
    }
  }

  /**
   * The value to send.
   *
   * @throws IllegalStateException when there is none
   */
  String fill(Bindings bindings) {
    if (!changes.isEmpty()) {
      return changed(bindings).text();
    }
    String bound = name.isEmpty() ? null : bindings.get(kind, name);
    if (bound != null) {
      return bound;
    }
    if (example == null) {
      throw new IllegalStateException(this + " is not bound, and has no example");
    }
    if (!name.isEmpty()) {
      bindings.bind(kind, name, example);
    }
    return example;
  }

  /** Whether this value may stand here; binds it when it is the first. */
  boolean takes(String value, Bindings bindings) {
    if (!kind.fits(value)) {
      return false;
    }
    if (!changes.isEmpty()) {
      return changed(bindings).isSentAs(CursorText.of(value));
    }
    String bound = name.isEmpty() ? null : bindings.get(kind, name);
    if (bound != null) {
      return bound.equals(value);
    }
    if (kind == ValueKind.CURSOR
        && example != null
        && !CursorText.of(value).isLike(CursorText.of(example))) {
      return false;
    }
    if (!name.isEmpty()) {
      bindings.bind(kind, name, value);
    }
    return true;
  }

  /** For people: what it stands for in this run. */
  String shown(Bindings bindings) {
    String bound = name.isEmpty() ? null : bindings.get(kind, name);
    if (!changes.isEmpty()) {
      return "%s, which is %s".formatted(this, changed(bindings).text());
    }
    return bound == null ? toString() : "%s, which is %s".formatted(this, bound);
  }

  private CursorText changed(Bindings bindings) {
    CursorText cursor = bound(name, bindings);
    Matcher change = CHANGE.matcher(changes);
    while (change.find()) {
      CursorText by = bound(change.group(2), bindings);
      cursor = change.group(1).equals("+") ? cursor.movedBy(by) : cursor.raisedBy(by);
    }
    return cursor;
  }

  private static CursorText bound(String name, Bindings bindings) {
    String value = bindings.get(ValueKind.CURSOR, name);
    if (value == null) {
      throw new IllegalStateException("{cursor:%s} is not bound".formatted(name));
    }
    return CursorText.of(value);
  }

  @Override
  public String toString() {
    return "{%s%s}".formatted(kind, name.isEmpty() ? "" : ":" + name + changes);
  }
}
