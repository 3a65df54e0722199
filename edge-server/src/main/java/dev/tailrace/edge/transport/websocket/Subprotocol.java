package dev.tailrace.edge.transport.websocket;

import dev.tailrace.edge.encoding.EncodingKey;
import java.util.List;
import org.eclipse.jetty.websocket.core.OpCode;
import org.jspecify.annotations.Nullable;

/** The two forms of frames. */
enum Subprotocol {
  /** Text messages of JSON; also when the client asks for no subprotocol. */
  JSON("tailrace.v1.json", EncodingKey.WEBSOCKET_JSON, OpCode.TEXT),
  /** Binary messages of Protobuf. */
  PROTO("tailrace.v1.proto", EncodingKey.WEBSOCKET_PROTO, OpCode.BINARY);

  private final String token;
  private final EncodingKey key;
  private final byte opCode;

  Subprotocol(String token, EncodingKey key, byte opCode) {
    this.token = token;
    this.key = key;
    this.opCode = opCode;
  }

  String token() {
    return token;
  }

  EncodingKey key() {
    return key;
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
