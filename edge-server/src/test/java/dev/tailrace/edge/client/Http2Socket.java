package dev.tailrace.edge.client;

import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.client.transport.HttpClientTransportOverHTTP2;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.websocket.core.CloseStatus;
import org.eclipse.jetty.websocket.core.CoreSession;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.FrameHandler;
import org.eclipse.jetty.websocket.core.OpCode;
import org.eclipse.jetty.websocket.core.client.CoreClientUpgradeRequest;
import org.eclipse.jetty.websocket.core.client.WebSocketCoreClient;

/** A WebSocket inside an HTTP/2 stream (RFC 8441), by Jetty's own client. */
public final class Http2Socket implements AutoCloseable {
  private static final int TIMEOUT_S = 30;

  private final WebSocketCoreClient client =
      new WebSocketCoreClient(
          new HttpClient(new HttpClientTransportOverHTTP2(new HTTP2Client())), null);
  private final List<String> texts = new CopyOnWriteArrayList<>();
  private CoreSession session;

  private Http2Socket() {}

  /** Opens one. */
  public static Http2Socket open(int port, String query) throws Exception {
    Http2Socket socket = new Http2Socket();
    socket.client.start();
    URI uri = URI.create("ws://127.0.0.1:%d/v1/socket?%s".formatted(port, query));
    CoreClientUpgradeRequest upgrade =
        CoreClientUpgradeRequest.from(socket.client, uri, socket.new Listener());
    upgrade.listener(new LeaveContentAlone());
    socket.session = socket.client.connect(upgrade).get(TIMEOUT_S, TimeUnit.SECONDS);
    return socket;
  }

  /** Sends a text message. */
  public void send(String text) {
    session.sendFrame(new Frame(OpCode.TEXT, text), Callback.NOOP, false);
  }

  /** Text messages so far. */
  public List<String> texts() {
    return texts;
  }

  /**
   * Jetty's HTTP client reads away what it takes for the content of the answer, the first frames of
   * the socket, if they come before the socket reads itself.
   */
  private static final class LeaveContentAlone implements Request.Listener {
    @Override
    public void onQueued(Request request) {
      request.onResponseContentSource((response, content) -> {});
    }
  }

  private final class Listener implements FrameHandler {
    private CoreSession opened;

    @Override
    public void onOpen(CoreSession coreSession, Callback callback) {
      opened = coreSession;
      callback.succeeded();
      opened.demand();
    }

    @Override
    public void onFrame(Frame frame, Callback callback) {
      if (frame.getOpCode() == OpCode.TEXT) {
        texts.add(frame.getPayloadAsUTF8());
      }
      callback.succeeded();
      opened.demand();
    }

    @Override
    public void onError(Throwable cause, Callback callback) {
      callback.succeeded();
    }

    @Override
    public void onClosed(CloseStatus closeStatus, Callback callback) {
      callback.succeeded();
    }
  }

  @Override
  public void close() {
    LifeCycle.stop(client);
  }
}
