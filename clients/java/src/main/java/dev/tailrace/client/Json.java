package dev.tailrace.client;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON (RFC 8259) one level at a time: what lies deeper is given as the text that it is, so
 * that an event's data reaches the application untouched. No recursion: depth costs no stack.
 *
 * <p>All methods throw {@link IllegalArgumentException} for what is no JSON.
 */
final class Json {
  private final String text;
  private int at;

  private Json(String text) {
    this.text = text;
  }

  /** The members of an object, as they are written. Of two of one name the last counts. */
  static Map<String, String> members(String object) {
    Json json = new Json(object);
    Map<String, String> members = new LinkedHashMap<>();
    json.expect('{');
    if (!json.take('}')) {
      do {
        String name = string(json.value('"'));
        json.expect(':');
        members.put(name, json.value());
      } while (json.take(','));
      json.expect('}');
    }
    json.end();
    return members;
  }

  /** The elements of an array, as they are written. */
  static List<String> elements(String array) {
    Json json = new Json(array);
    List<String> elements = new ArrayList<>();
    json.expect('[');
    if (!json.take(']')) {
      do {
        elements.add(json.value());
      } while (json.take(','));
      json.expect(']');
    }
    json.end();
    return elements;
  }

  /** The strings of an array; none of one that is not there. */
  static List<String> strings(@Nullable String array) {
    List<String> strings = new ArrayList<>();
    if (array != null) {
      for (String element : elements(array)) {
        strings.add(string(element));
      }
    }
    return List.copyOf(strings);
  }

  /** The same text, if it is one JSON value and nothing more. */
  static String checked(String value) {
    Json json = new Json(value);
    json.value();
    json.end();
    return value;
  }

  /** What a string says; of anything else its text. */
  static String string(String value) {
    if (value.isEmpty() || value.charAt(0) != '"') {
      return value;
    }
    if (value.indexOf('\\') < 0) {
      return value.substring(1, value.length() - 1);
    }
    StringBuilder plain = new StringBuilder(value.length());
    for (int i = 1; i < value.length() - 1; i++) {
      char next = value.charAt(i);
      if (next != '\\') {
        plain.append(next);
      } else if (value.charAt(++i) == 'u') {
        plain.append((char) Integer.parseInt(value.substring(i + 1, i + 5), 16));
        i += 4;
      } else {
        plain.append(unescaped(value.charAt(i)));
      }
    }
    return plain.toString();
  }

  private static char unescaped(char escaped) {
    return switch (escaped) {
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      default -> escaped;
    };
  }

  /** The text as a JSON string. */
  static String quoted(String plain) {
    StringBuilder quoted = new StringBuilder(plain.length() + 2).append('"');
    for (int i = 0; i < plain.length(); i++) {
      char next = plain.charAt(i);
      if (next == '"' || next == '\\') {
        quoted.append('\\').append(next);
      } else if (next < ' ') {
        quoted.append("\\u00").append(next < 0x10 ? "0" : "").append(Integer.toHexString(next));
      } else {
        quoted.append(next);
      }
    }
    return quoted.append('"').toString();
  }

  private String value(char first) {
    if (peek() != first) {
      throw wrong();
    }
    return value();
  }

  /** Passes over one value, whatever lies in it. */
  private String value() {
    peek();
    int from = at;
    StringBuilder open = new StringBuilder(); // the ends that are due, the last one first
    while (true) {
      if (take('{')) {
        if (!take('}')) {
          open.append('}');
          passName();
          continue;
        }
      } else if (take('[')) {
        if (!take(']')) {
          open.append(']');
          continue;
        }
      } else {
        passScalar();
      }
      while (open.length() > 0 && take(due(open))) {
        open.setLength(open.length() - 1);
      }
      if (open.length() == 0) {
        return text.substring(from, at);
      }
      expect(',');
      if (due(open) == '}') {
        passName();
      }
    }
  }

  private void passName() {
    if (peek() != '"') {
      throw wrong();
    }
    passString();
    expect(':');
  }

  private static char due(StringBuilder open) {
    return open.charAt(open.length() - 1);
  }

  private void passScalar() {
    char first = peek();
    if (first == '"') {
      passString();
      return;
    }
    int from = at;
    while (at < text.length() && ",]} \t\r\n:".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    String scalar = text.substring(from, at);
    switch (scalar) {
      case "true", "false", "null" -> {}
      default -> requireNumber(scalar);
    }
  }

  private void requireNumber(String scalar) {
    boolean digits = false;
    for (int i = 0; i < scalar.length(); i++) {
      char next = scalar.charAt(i);
      digits |= next >= '0' && next <= '9';
      if ("0123456789+-.eE".indexOf(next) < 0) {
        throw wrong();
      }
    }
    if (!digits) {
      throw wrong();
    }
  }

  private void passString() {
    at++;
    for (; at < text.length(); at++) {
      char next = text.charAt(at);
      if (next == '"') {
        at++;
        return;
      }
      if (next < ' ') {
        throw wrong();
      }
      if (next == '\\') {
        passEscape();
      }
    }
    throw wrong();
  }

  private void passEscape() {
    at++;
    if (at >= text.length() || "\"\\/bfnrtu".indexOf(text.charAt(at)) < 0) {
      throw wrong();
    }
    if (text.charAt(at) == 'u') {
      for (int i = 0; i < 4; i++) {
        at++;
        if (at >= text.length() || Character.digit(text.charAt(at), 16) < 0) {
          throw wrong();
        }
      }
    }
  }

  /** The next character that is no blank. */
  private char peek() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    if (at >= text.length()) {
      throw wrong();
    }
    return text.charAt(at);
  }

  private boolean take(char expected) {
    if (peek() != expected) {
      return false;
    }
    at++;
    return true;
  }

  private void expect(char expected) {
    if (!take(expected)) {
      throw wrong();
    }
  }

  private void end() {
    for (; at < text.length(); at++) {
      if (" \t\r\n".indexOf(text.charAt(at)) < 0) {
        throw wrong();
      }
    }
  }

  private IllegalArgumentException wrong() {
    return new IllegalArgumentException("no JSON at character " + at);
  }
}
