package dev.tailrace.kubernetes;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Puts a value into a tree, to break it. */
final class Edit {
  private Edit() {}

  /** Nothing takes away what is there; an index of - appends. */
  static void put(JsonNode root, String pointer, @Nullable JsonNode value) {
    int last = pointer.lastIndexOf('/');
    JsonNode parent = root.at(pointer.substring(0, last));
    String key = pointer.substring(last + 1).replace("~1", "/");
    if (parent instanceof ObjectNode object) {
      if (value == null) {
        if (object.remove(key) == null) {
          throw new IllegalArgumentException("nothing is at " + pointer);
        }
      } else {
        object.set(key, value);
      }
    } else if (parent instanceof ArrayNode array) {
      if (value == null) {
        array.remove(Integer.parseInt(key));
      } else if (key.equals("-")) {
        array.add(value);
      } else {
        array.set(Integer.parseInt(key), value);
      }
    } else {
      throw new IllegalArgumentException("nothing is at " + pointer);
    }
  }
}
