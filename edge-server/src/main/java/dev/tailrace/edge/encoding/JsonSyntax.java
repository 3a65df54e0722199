package dev.tailrace.edge.encoding;

/**
 * Says whether bytes are one JSON value (RFC 8259), without keeping any of it. Of each string it
 * looks at what JSON forbids there, not at whether it is UTF-8.
 *
 * <p>A parser of the library makes a name table, buffers and strings for every event it is asked
 * about, which is most of what encoding an event then costs (ADR 16).
 *
 * <p>Threading: stateless.
 */
final class JsonSyntax {
  /**
   * Arrays and objects within each other, characters of a number and bytes of a name. Readers of
   * JSON have such limits, and one that is exceeded costs a client the whole message: Jackson's are
   * 500, 1,000 and 50,000. Up to two objects are around the value.
   */
  static final int MAX_DEPTH = 498;

  static final int MAX_NUMBER = 1_000;
  static final int MAX_NAME = 50_000;

  private static final int NO = -1;

  private JsonSyntax() {}

  /** Whether the bytes are exactly one value, white space around it allowed. */
  static boolean isValue(byte[] json) {
    int end = value(json, skipSpace(json, 0), 0);
    return end != NO && skipSpace(json, end) == json.length;
  }

  /** Each of these returns where what it reads ends, or {@link #NO}. */
  private static int value(byte[] json, int from, int depth) {
    if (from == json.length) {
      return NO;
    }
    return switch (json[from]) {
      case '{' -> depth == MAX_DEPTH ? NO : object(json, from + 1, depth + 1);
      case '[' -> depth == MAX_DEPTH ? NO : array(json, from + 1, depth + 1);
      case '"' -> string(json, from + 1);
      case 't' -> literal(json, from, "true");
      case 'f' -> literal(json, from, "false");
      case 'n' -> literal(json, from, "null");
      default -> number(json, from);
    };
  }

  private static int object(byte[] json, int from, int depth) {
    int at = skipSpace(json, from);
    if (is(json, at, '}')) {
      return at + 1;
    }
    while (is(json, at, '"')) {
      int name = at;
      at = string(json, name + 1);
      if (at == NO || at - name > MAX_NAME) {
        return NO;
      }
      at = skipSpace(json, at);
      if (!is(json, at, ':')) {
        return NO;
      }
      at = value(json, skipSpace(json, at + 1), depth);
      if (at == NO) {
        return NO;
      }
      at = skipSpace(json, at);
      if (is(json, at, '}')) {
        return at + 1;
      }
      if (!is(json, at, ',')) {
        return NO;
      }
      at = skipSpace(json, at + 1);
    }
    return NO;
  }

  private static int array(byte[] json, int from, int depth) {
    int at = skipSpace(json, from);
    if (is(json, at, ']')) {
      return at + 1;
    }
    while (true) {
      at = value(json, at, depth);
      if (at == NO) {
        return NO;
      }
      at = skipSpace(json, at);
      if (is(json, at, ']')) {
        return at + 1;
      }
      if (!is(json, at, ',')) {
        return NO;
      }
      at = skipSpace(json, at + 1);
    }
  }

  private static int string(byte[] json, int from) {
    int at = from;
    while (at < json.length) {
      byte b = json[at++];
      if (b == '"') {
        return at;
      }
      if (b == '\\') {
        at = escape(json, at);
        if (at == NO) {
          return NO;
        }
      } else if (b >= 0 && b < ' ') {
        return NO;
      }
    }
    return NO;
  }

  private static int escape(byte[] json, int from) {
    if (from == json.length) {
      return NO;
    }
    return switch (json[from]) {
      case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> from + 1;
      case 'u' -> hexDigits(json, from + 1) ? from + 5 : NO;
      default -> NO;
    };
  }

  private static boolean hexDigits(byte[] json, int from) {
    if (json.length - from < 4) {
      return false;
    }
    for (int i = from; i < from + 4; i++) {
      if (Character.digit(json[i], 16) < 0) {
        return false;
      }
    }
    return true;
  }

  private static int number(byte[] json, int from) {
    int at = is(json, from, '-') ? from + 1 : from;
    at = is(json, at, '0') ? at + 1 : digits(json, at);
    if (at != NO && is(json, at, '.')) {
      at = digits(json, at + 1);
    }
    if (at != NO && (is(json, at, 'e') || is(json, at, 'E'))) {
      boolean signed = is(json, at + 1, '+') || is(json, at + 1, '-');
      at = digits(json, signed ? at + 2 : at + 1);
    }
    return at - from > MAX_NUMBER ? NO : at;
  }

  private static int digits(byte[] json, int from) {
    int at = from;
    while (at < json.length && json[at] >= '0' && json[at] <= '9') {
      at++;
    }
    return at == from ? NO : at;
  }

  private static int literal(byte[] json, int from, String literal) {
    for (int i = 0; i < literal.length(); i++) {
      if (!is(json, from + i, literal.charAt(i))) {
        return NO;
      }
    }
    return from + literal.length();
  }

  private static int skipSpace(byte[] json, int from) {
    int at = from;
    while (at < json.length
        && (json[at] == ' ' || json[at] == '\n' || json[at] == '\r' || json[at] == '\t')) {
      at++;
    }
    return at;
  }

  private static boolean is(byte[] json, int at, char expected) {
    return at < json.length && json[at] == expected;
  }
}
