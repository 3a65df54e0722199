package dev.tailrace.testing.conversation;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One thing that happens in a conversation: a line of its file, or several that belong together.
 */
sealed interface Step {
  /** The number of its first line. */
  int line();

  /** {@code token>}: the issuer signs one. */
  record Token(int line, String name, JsonNode claims) implements Step {}

  /** {@code app>}: what the application asks of its client. */
  record Ask(int line, JsonPattern command) implements Step {}

  /** {@code app<}: what the application is told. */
  record Told(int line, JsonPattern word) implements Step {}

  /** {@code kafka>}: an event that a producer writes. */
  record Written(int line, JsonNode event) implements Step {}

  /** {@code edge>}: what operators do to the edge. */
  record Operated(int line, JsonNode command) implements Step {}

  /** {@code net> cut}: the connection breaks. */
  record Cut(int line) implements Step {}

  /** A request of the client. */
  record Request(
      int line,
      String method,
      String path,
      List<Parameter> query,
      Map<String, TextPattern> headers,
      String body)
      implements Step {
    boolean isSocket() {
      return path.equals("/v1/socket");
    }
  }

  /** A parameter of a request. */
  record Parameter(String name, TextPattern value, boolean optional) {}

  /** What the edge answers, all of it or what a stream begins with. */
  record Answer(int line, int status, Map<String, TextPattern> headers, String body)
      implements Step {
    boolean isEventStream() {
      TextPattern type = headers.get("content-type");
      return type != null && type.before().startsWith("text/event-stream");
    }
  }

  /** A block of an event stream, without the empty line behind it. */
  record Block(int line, List<String> lines) implements Step {}

  /** A message of a WebSocket. */
  record Frame(int line, boolean fromClient, String text) implements Step {}

  /** A WebSocket's close; the client's may also be the end of what it holds. */
  record Close(int line, boolean fromClient, int code, @Nullable TextPattern reason)
      implements Step {}

  /** {@code < end}: an event stream is over. */
  record End(int line) implements Step {}
}
