package dev.tailrace.edge.transport.websocket;

import dev.tailrace.edge.encoding.EncodingKey;
import dev.tailrace.edge.encoding.WireFrame;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The two forms of frames. */
enum Subprotocol {
  /** Text messages of JSON; also when the client asks for no subprotocol. */
  JSON(
      "tailrace.v1.json",
      EncodingKey.WEBSOCKET_JSON,
      EncodingKey.WEBSOCKET_JSON_DEFLATED,
      WireFrame.TEXT),
  /** Binary messages of Protobuf. */
  PROTO(
      "tailrace.v1.proto",
      EncodingKey.WEBSOCKET_PROTO,
      EncodingKey.WEBSOCKET_PROTO_DEFLATED,
      WireFrame.BINARY);

  private final String token;
  private final EncodingKey plain;
  private final EncodingKey deflated;
  private final byte opCode;

  Subprotocol(String token, EncodingKey plain, EncodingKey deflated, byte opCode) {
    this.token = token;
    this.plain = plain;
    this.deflated = deflated;
    this.opCode = opCode;
  }

  String token() {
    return token;
  }

  /** How its events are encoded, for a client that may be sent compressed messages or not. */
  EncodingKey key(boolean compressed) {
    return compressed ? deflated : plain;
  }

  byte opCode() {
    return opCode;
  }

  /** The first offered that is known, in the client's order; null when none is. */
  static @Nullable Subprotocol choose(List<String> offered) {
    for (String one : offered) {
      for (Subprotocol known : values()) {
        if (known.token.equals(one)) {
          return known;
        }
      }
    }
    return null;
  }
}
