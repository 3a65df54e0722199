package dev.tailrace.benchmarks.peers;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.core.CloseStatus;
import org.eclipse.jetty.websocket.core.Configuration;
import org.eclipse.jetty.websocket.core.CoreSession;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.FrameHandler;
import org.eclipse.jetty.websocket.core.OpCode;
import org.eclipse.jetty.websocket.core.WebSocketComponents;
import org.eclipse.jetty.websocket.core.WebSocketExtensionRegistry;
import org.eclipse.jetty.websocket.core.server.ServerUpgradeRequest;
import org.eclipse.jetty.websocket.core.server.ServerUpgradeResponse;
import org.eclipse.jetty.websocket.core.server.WebSocketMappings;
import org.eclipse.jetty.websocket.core.server.WebSocketNegotiator;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /ws?<name>}: a WebSocket, one text frame an event. Configured as the edge's.
 *
 * <p>Threading: Jetty's threads.
 */
final class BareSocketHandler extends Handler.Abstract {
  /** What a client gets first, in a frame of its own. */
  static final String HELLO = "bare";

  private static final int OUTPUT_BUFFER_BYTES = 32 << 10;

  private final Followers followers;
  private final WebSocketMappings mappings = new WebSocketMappings(withoutExtensions());

  BareSocketHandler(Followers followers) {
    this.followers = followers;
  }

  private static WebSocketComponents withoutExtensions() {
    WebSocketComponents components = new WebSocketComponents();
    WebSocketExtensionRegistry extensions = components.getExtensionRegistry();
    List.copyOf(extensions.getAvailableExtensionNames()).forEach(extensions::unregister);
    return components;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    if (!mappings.upgrade(new Negotiator(), request, response, callback, null)) {
      Response.writeError(request, response, callback, HttpStatus.UPGRADE_REQUIRED_426);
    }
    return true;
  }

  private final class Negotiator implements WebSocketNegotiator {
    @Override
    public FrameHandler negotiate(
        ServerUpgradeRequest request, ServerUpgradeResponse response, Callback callback) {
      response.setExtensions(List.of());
      return new Socket(followers, String.valueOf(request.getHttpURI().getQuery()));
    }

    @Override
    public void customize(Configuration configuration) {
      configuration.setIdleTimeout(BareJetty.IDLE_TIMEOUT);
      configuration.setOutputBufferSize(OUTPUT_BUFFER_BYTES);
      configuration.setAutoFragment(true);
      configuration.setMaxFrameSize(0);
    }
  }

  private static final class Socket extends BareStream implements FrameHandler {
    private final Followers followers;
    private @Nullable CoreSession session;

    Socket(Followers followers, String name) {
      super(followers.of(name));
      this.followers = followers;
    }

    private CoreSession session() {
      return Objects.requireNonNull(session);
    }

    @Override
    void write(OutgoingEvent event) {
      session().sendFrame(new Frame(OpCode.TEXT, event.payload()), this, false);
    }

    @Override
    public void onOpen(CoreSession opened, Callback callback) {
      session = opened;
      callback.succeeded();
      opened.sendFrame(
          new Frame(OpCode.TEXT, HELLO),
          Callback.from(() -> followers.add(name(), this), failure -> {}),
          false);
      opened.demand();
    }

    @Override
    public void onFrame(Frame frame, Callback callback) {
      if (frame.getOpCode() == OpCode.PING) {
        byte[] data = new byte[frame.getPayloadLength()];
        frame.getPayload().get(data);
        session().sendFrame(new Frame(OpCode.PONG, ByteBuffer.wrap(data)), Callback.NOOP, false);
      }
      callback.succeeded();
      if (frame.getOpCode() != OpCode.CLOSE) {
        session().demand();
      }
    }

    @Override
    public void onError(Throwable cause, Callback callback) {
      callback.succeeded();
    }

    @Override
    public void onClosed(CloseStatus status, Callback callback) {
      name().remove(this);
      callback.succeeded();
    }
  }
}
