package dev.tailrace.client;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Lines of an event stream, as an edge writes them, to blocks. A block that is cut before its end
 * is none.
 *
 * <p>Threading: of one reader.
 */
final class SseParser {
  /** Takes blocks that have data. */
  interface Blocks {
    void take(String type, String data, @Nullable String id) throws IOException;
  }

  private final Blocks blocks;
  private @Nullable String type;
  private @Nullable String data;
  private @Nullable String id;
  private @Nullable String reason;
  private long retryMs;

  SseParser(Blocks blocks) {
    this.blocks = blocks;
  }

  /** The comment that came last, after all blocks: why the stream ends; null without one. */
  @Nullable String reason() {
    return reason;
  }

  /** When to come back; 0 if the stream does not say. */
  long retryMs() {
    return retryMs;
  }

  void read(String line) throws IOException {
    if (line.isEmpty()) {
      end();
      return;
    }
    int colon = line.indexOf(':');
    String field = colon < 0 ? line : line.substring(0, colon);
    String value = colon < 0 ? "" : line.substring(colon + 1);
    if (value.startsWith(" ")) {
      value = value.substring(1);
    }
    switch (field) {
      case "" -> reason = value.equals("tailrace") || value.isEmpty() ? reason : value;
      case "event" -> type = value;
      case "data" -> data = data == null ? value : data + '\n' + value;
      case "id" -> id = value;
      case "retry" -> retryMs = Http.wholeNumber(value);
      default -> {}
    }
  }

  private void end() throws IOException {
    if (data != null) {
      reason = null;
      blocks.take(type == null ? "message" : type, data, id);
    }
    type = null;
    data = null;
    id = null;
  }
}
