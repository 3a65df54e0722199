package dev.tailrace.edge.transport;

import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.log.LogEntry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.eclipse.jetty.http.HttpFields;

/**
 * What an answer has beside cursor, gaps and events. As it is here it has nothing.
 *
 * <p>Threading: as its transport.
 */
public interface AnswerForm {
  /** Nothing. */
  AnswerForm PLAIN = new AnswerForm() {};

  /** An event is in the answer. */
  default void onEvent(LogEntry entry) {}

  /** The client is to be told this; a gap is in the answer. */
  default void onNotice(Notice notice) {}

  /** What comes after the last event. */
  default byte[] end() {
    return "]}".getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Adds headers.
   *
   * @param body the answer in parts, which are not to be changed
   * @return whether the client has this answer already: then it is told that, and not sent again
   */
  default boolean putHeaders(HttpFields.Mutable headers, List<ByteBuffer> body) {
    return false;
  }
}
