package dev.tailrace.edge.encoding;

import dev.tailrace.edge.lane.FieldBytes;

/**
 * Says whether bytes are one JSON value (RFC 8259), without keeping any of it. Of each string it
 * looks at what JSON forbids there, not at whether it is UTF-8.
 *
 * <p>A parser of the library makes a name table, buffers and strings for every event it is asked
 * about, which is most of what encoding an event then costs (ADR 16).
 *
 * <p>Threading: the caller's.
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

  private final byte[] json;
  private final int limit;

  private JsonSyntax(byte[] json, int limit) {
    this.json = json;
    this.limit = limit;
  }

  /** Whether the bytes are exactly one value, white space around it allowed. */
  static boolean isValue(FieldBytes bytes) {
    return new JsonSyntax(bytes.array(), bytes.end()).isValueFrom(bytes.from());
  }

  private boolean isValueFrom(int from) {
    int end = value(skipSpace(from), 0);
    return end != NO && skipSpace(end) == limit;
  }

  /** Each of these returns where what it reads ends, or {@link #NO}. */
  private int value(int from, int depth) {
    if (from == limit) {
      return NO;
    }
    return switch (json[from]) {
      case '{' -> depth == MAX_DEPTH ? NO : object(from + 1, depth + 1);
      case '[' -> depth == MAX_DEPTH ? NO : array(from + 1, depth + 1);
      case '"' -> string(from + 1);
      case 't' -> literal(from, "true");
      case 'f' -> literal(from, "false");
      case 'n' -> literal(from, "null");
      default -> number(from);
    };
  }

  private int object(int from, int depth) {
    int at = skipSpace(from);
    if (is(at, '}')) {
      return at + 1;
    }
    while (is(at, '"')) {
      int name = at;
      at = string(name + 1);
      if (at == NO || at - name > MAX_NAME) {
        return NO;
      }
      at = skipSpace(at);
      if (!is(at, ':')) {
        return NO;
      }
      at = value(skipSpace(at + 1), depth);
      if (at == NO) {
        return NO;
      }
      at = skipSpace(at);
      if (is(at, '}')) {
        return at + 1;
      }
      if (!is(at, ',')) {
        return NO;
      }
      at = skipSpace(at + 1);
    }
    return NO;
  }

  private int array(int from, int depth) {
    int at = skipSpace(from);
    if (is(at, ']')) {
      return at + 1;
    }
    while (true) {
      at = value(at, depth);
      if (at == NO) {
        return NO;
      }
      at = skipSpace(at);
      if (is(at, ']')) {
        return at + 1;
      }
      if (!is(at, ',')) {
        return NO;
      }
      at = skipSpace(at + 1);
    }
  }

  private int string(int from) {
    int at = from;
    while (at < limit) {
      byte b = json[at++];
      if (b == '"') {
        return at;
      }
      if (b == '\\') {
        at = escape(at);
        if (at == NO) {
          return NO;
        }
      } else if (b >= 0 && b < ' ') {
        return NO;
      }
    }
    return NO;
  }

  private int escape(int from) {
    if (from == limit) {
      return NO;
    }
    return switch (json[from]) {
      case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> from + 1;
      case 'u' -> hexDigits(from + 1) ? from + 5 : NO;
      default -> NO;
    };
  }

  private boolean hexDigits(int from) {
    if (limit - from < 4) {
      return false;
    }
    for (int i = from; i < from + 4; i++) {
      if (Character.digit(json[i], 16) < 0) {
        return false;
      }
    }
    return true;
  }

  private int number(int from) {
    int at = is(from, '-') ? from + 1 : from;
    at = is(at, '0') ? at + 1 : digits(at);
    if (at != NO && is(at, '.')) {
      at = digits(at + 1);
    }
    if (at != NO && (is(at, 'e') || is(at, 'E'))) {
      boolean signed = is(at + 1, '+') || is(at + 1, '-');
      at = digits(signed ? at + 2 : at + 1);
    }
    return at - from > MAX_NUMBER ? NO : at;
  }

  private int digits(int from) {
    int at = from;
    while (at < limit && json[at] >= '0' && json[at] <= '9') {
      at++;
    }
    return at == from ? NO : at;
  }

  private int literal(int from, String literal) {
    for (int i = 0; i < literal.length(); i++) {
      if (!is(from + i, literal.charAt(i))) {
        return NO;
      }
    }
    return from + literal.length();
  }

  private int skipSpace(int from) {
    int at = from;
    while (at < limit
        && (json[at] == ' ' || json[at] == '\n' || json[at] == '\r' || json[at] == '\t')) {
      at++;
    }
    return at;
  }

  private boolean is(int at, char expected) {
    return at < limit && json[at] == expected;
  }
}
