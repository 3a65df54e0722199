package dev.tailrace.benchmarks;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.function.IntFunction;

/**
 * An edge of Tailrace.
 *
 * <p>Threading: immutable.
 */
public final class TailraceTarget implements LoadTarget {
  /** The names are those of the command's option. */
  public enum Transport {
    /** Server-Sent Events. */
    SSE("sse", Framing.EVENT_STREAM, "tailrace.cursor"),
    /** WebSocket with JSON. */
    WEBSOCKET("websocket", Framing.WEBSOCKET_TEXT, "{\"welcome\""),
    /** WebSocket with Protobuf; the first frame is the welcome, and every cursor has a tilde. */
    WEBSOCKET_PROTOBUF("websocket-protobuf", Framing.WEBSOCKET_BINARY, "~");

    private final String text;
    private final Framing framing;
    private final String readyMark;

    Transport(String text, Framing framing, String readyMark) {
      this.text = text;
      this.framing = framing;
      this.readyMark = readyMark;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  private final InetSocketAddress address;
  private final Transport transport;
  private final LoadPlan plan;
  private final IntFunction<String> identity;

  /**
   * @param identity the query parameter by which a connection says who it is, such as {@code
   *     user=bench-7}; empty for nobody
   */
  public TailraceTarget(URI url, Transport transport, LoadPlan plan, IntFunction<String> identity) {
    if (!"http".equals(url.getScheme()) || url.getHost() == null) {
      throw new IllegalArgumentException(
          "the URL is http://host:port, not %s; there is no TLS here".formatted(url));
    }
    this.address = new InetSocketAddress(url.getHost(), url.getPort() < 0 ? 80 : url.getPort());
    this.transport = transport;
    this.plan = plan;
    this.identity = identity;
  }

  /** The user or channel with this number. */
  public static String addressName(int address) {
    return "bench-" + address;
  }

  @Override
  public InetSocketAddress address() {
    return address;
  }

  @Override
  public Framing framing() {
    return transport.framing;
  }

  @Override
  public String path(int connection) {
    String path = transport == Transport.SSE ? "/v1/events" : "/v1/socket";
    String channel = plan.personal() ? "" : "channel=" + addressName(plan.addressOf(connection));
    String who = identity.apply(connection);
    String query = channel + (channel.isEmpty() || who.isEmpty() ? "" : "&") + who;
    return query.isEmpty() ? path : path + "?" + query;
  }

  @Override
  public String headers() {
    return switch (transport) {
      case SSE -> "";
      case WEBSOCKET -> "Sec-WebSocket-Protocol: tailrace.v1.json\r\n";
      case WEBSOCKET_PROTOBUF -> "Sec-WebSocket-Protocol: tailrace.v1.proto\r\n";
    };
  }

  @Override
  public String readyMark() {
    return transport.readyMark;
  }
}
