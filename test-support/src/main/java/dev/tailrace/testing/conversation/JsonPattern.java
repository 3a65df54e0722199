package dev.tailrace.testing.conversation;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A JSON value with placeholders: members in any order, none but those that are listed unless
 * {@code "…"} is among them; a {@code ?} behind a member's name says that it may be left out.
 *
 * @param value as it is written
 */
record JsonPattern(JsonNode value) {
  private static final String OTHERS = "…";
  private static final String OPTIONAL = "?";
  private static final JsonMapper MAPPER = JsonMapper.shared();

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException when it is no JSON
   */
  static JsonPattern of(String text) {
    try {
      JsonPattern pattern = new JsonPattern(MAPPER.readTree(text));
      pattern.check(pattern.value);
      return pattern;
    } catch (JacksonException e) {
      throw new IllegalArgumentException("no JSON: " + text, e);
    }
  }

  /** Placeholders are read when they are met: better told when the file is. */
  private void check(JsonNode node) {
    if (node.isString()) {
      TextPattern.of(node.asString());
    }
    node.forEach(this::check);
  }

  /** The value to send. */
  JsonNode fill(Bindings bindings) {
    return filled(value, bindings);
  }

  private static JsonNode filled(JsonNode pattern, Bindings bindings) {
    if (pattern.isObject()) {
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      for (Map.Entry<String, JsonNode> member : pattern.properties()) {
        if (!member.getKey().equals(OTHERS)) {
          object.set(named(member.getKey()), filled(member.getValue(), bindings));
        }
      }
      return object;
    }
    if (pattern.isArray()) {
      ArrayNode array = JsonNodeFactory.instance.arrayNode();
      pattern.forEach(element -> array.add(filled(element, bindings)));
      return array;
    }
    if (!pattern.isString()) {
      return pattern;
    }
    TextPattern text = TextPattern.of(pattern.asString());
    String filled = text.fill(bindings);
    return text.isOnly(ValueKind.NUMBER)
        ? MAPPER.readTree(filled)
        : JsonNodeFactory.instance.stringNode(filled);
  }

  private static String named(String key) {
    return key.endsWith(OPTIONAL) ? key.substring(0, key.length() - OPTIONAL.length()) : key;
  }

  /** What a text has that should not be so, or null; binds only when there is nothing. */
  @Nullable String mismatch(String text, Bindings bindings) {
    try {
      return mismatch(MAPPER.readTree(text), bindings);
    } catch (JacksonException e) {
      return "no JSON";
    }
  }

  /** The same of a value. */
  @Nullable String mismatch(JsonNode actual, Bindings bindings) {
    Bindings trial = bindings.copy();
    String found = mismatch(value, actual, trial, "");
    if (found == null) {
      bindings.adopt(trial);
    }
    return found;
  }

  private static @Nullable String mismatch(
      JsonNode pattern, JsonNode actual, Bindings bindings, String path) {
    if (pattern.isObject() && actual.isObject()) {
      return members(pattern, actual, bindings, path);
    }
    if (pattern.isArray() && actual.isArray() && pattern.size() == actual.size()) {
      for (int i = 0; i < pattern.size(); i++) {
        String found = mismatch(pattern.get(i), actual.get(i), bindings, path + "/" + i);
        if (found != null) {
          return found;
        }
      }
      return null;
    }
    if (pattern.isString()) {
      TextPattern text = TextPattern.of(pattern.asString());
      boolean takes =
          text.isOnly(ValueKind.ANY)
              || ((text.isOnly(ValueKind.NUMBER) ? actual.isNumber() : actual.isString())
                  && text.takes(actual.asString(), bindings));
      return takes ? null : other(path, text.shown(bindings), actual);
    }
    return pattern.equals(actual) ? null : other(path, pattern.toString(), actual);
  }

  private static @Nullable String members(
      JsonNode pattern, JsonNode actual, Bindings bindings, String path) {
    Set<String> unlisted = new LinkedHashSet<>(actual.propertyNames());
    for (Map.Entry<String, JsonNode> member : pattern.properties()) {
      boolean optional = member.getKey().endsWith(OPTIONAL);
      String name = named(member.getKey());
      JsonNode there = actual.get(name);
      if (name.equals(OTHERS)) {
        continue;
      }
      unlisted.remove(name);
      String found =
          there == null
              ? (optional ? null : "%s/%s is missing".formatted(path, name))
              : mismatch(member.getValue(), there, bindings, path + "/" + name);
      if (found != null) {
        return found;
      }
    }
    return unlisted.isEmpty() || pattern.has(OTHERS)
        ? null
        : "%s has besides %s".formatted(path.isEmpty() ? "it" : path, unlisted);
  }

  private static String other(String path, String expected, JsonNode actual) {
    return "%s should be %s and is %s".formatted(path.isEmpty() ? "it" : path, expected, actual);
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
