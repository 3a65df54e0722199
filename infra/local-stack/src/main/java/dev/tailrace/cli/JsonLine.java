package dev.tailrace.cli;

import java.io.PrintWriter;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * One JSON object on one line, in ASCII alone: whatever a name holds, no terminal obeys it.
 *
 * <p>Threading: thread-safe.
 */
final class JsonLine {
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private JsonLine() {}

  static ObjectNode object() {
    return JSON.createObjectNode();
  }

  /**
   * Reads one.
   *
   * @throws tools.jackson.core.JacksonException when it is none
   */
  static JsonNode read(String text) {
    return JSON.readTree(text);
  }

  /**
   * JSON as it came, on one line and in ASCII alone. It is not read and written anew: numbers stay
   * as they are written.
   */
  static String ascii(String json) {
    StringBuilder ascii = new StringBuilder(json.length());
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      if (c == '\n' || c == '\r' || c == '\t') {
        ascii.append(' '); // between two tokens: no string holds one as it is
      } else if (c < ' ' || c > '~') {
        ascii.append("\\u%04x".formatted((int) c));
      } else {
        ascii.append(c);
      }
    }
    return ascii.toString();
  }

  static void print(PrintWriter out, JsonNode node) {
    out.println(text(node));
    out.flush();
  }

  static String text(JsonNode node) {
    // Delete is the one control character that a writer of ASCII leaves as it is.
    return JSON.writeValueAsString(node).replace("\u007f", "\\u007f");
  }
}
