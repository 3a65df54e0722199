package dev.tailrace.edge.transport.websocket;

import dev.tailrace.v1.Event;
import org.jspecify.annotations.Nullable;

/** What a client asks for, whichever subprotocol it came by. */
sealed interface ClientCommand {
  record Subscribe(
      long ref, String channel, String cursor, String since, String last, @Nullable Double maxRate)
      implements ClientCommand {}

  record Unsubscribe(long ref, String channel) implements ClientCommand {}

  record Publish(long ref, Event.Builder event) implements ClientCommand {}

  record Auth(String token) implements ClientCommand {}

  record Ping(long ref) implements ClientCommand {}

  /** A frame that is well-formed but none of these; the connection stays. */
  record Unusable(long ref, String code, String message) implements ClientCommand {}
}
