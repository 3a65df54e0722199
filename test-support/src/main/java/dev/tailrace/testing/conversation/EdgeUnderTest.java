package dev.tailrace.testing.conversation;

import java.net.URI;
import tools.jackson.databind.JsonNode;

/** An edge that conversations are replayed against, with Kafka behind it. */
public interface EdgeUnderTest {
  /**
   * Where clients go at this moment; the paths of the protocol go behind it. It is asked once for
   * each request.
   */
  URI address();

  /** What the edge verifies tokens with, HS256. */
  String tokenSecret();

  /**
   * Writes an event, and returns when Kafka has acknowledged it.
   *
   * @param event as it is published over HTTP
   */
  void write(JsonNode event) throws Exception;

  /**
   * Does what an operator does.
   *
   * @param command one of those that the conversations' README lists
   */
  void operate(JsonNode command) throws Exception;
}
