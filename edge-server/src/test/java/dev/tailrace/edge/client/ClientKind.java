package dev.tailrace.edge.client;

/** Every transport, encoding and library that clients come with here. */
public enum ClientKind {
  /** The JDK's HttpClient. */
  SSE,
  /** OkHttp's EventSource. */
  SSE_OKHTTP,
  /** The JDK's WebSocket, JSON. */
  SOCKET_JSON,
  /** The JDK's WebSocket, Protobuf. */
  SOCKET_PROTO,
  /** OkHttp's WebSocket, JSON. */
  SOCKET_OKHTTP_JSON,
  /** OkHttp's WebSocket, Protobuf. */
  SOCKET_OKHTTP_PROTO,
  /** Long polls by the JDK's HttpClient. */
  POLL;

  /** Connects one. */
  public Client open(Target target) throws Exception {
    return switch (this) {
      case SSE -> SseClient.open(target);
      case SSE_OKHTTP -> new OkSseClient(target);
      case SOCKET_JSON -> JdkSocketClient.open(target, SocketClient.Form.JSON);
      case SOCKET_PROTO -> JdkSocketClient.open(target, SocketClient.Form.PROTO);
      case SOCKET_OKHTTP_JSON -> new OkSocketClient(target, SocketClient.Form.JSON);
      case SOCKET_OKHTTP_PROTO -> new OkSocketClient(target, SocketClient.Form.PROTO);
      case POLL -> PollClient.open(target);
    };
  }

  /** Whether each subscription has a position of its own. */
  public boolean isSocket() {
    return switch (this) {
      case SSE, SSE_OKHTTP, POLL -> false;
      case SOCKET_JSON, SOCKET_PROTO, SOCKET_OKHTTP_JSON, SOCKET_OKHTTP_PROTO -> true;
    };
  }
}
