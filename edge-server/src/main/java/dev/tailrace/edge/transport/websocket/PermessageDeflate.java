package dev.tailrace.edge.transport.websocket;

import java.util.List;
import java.util.Map;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.core.AbstractExtension;
import org.eclipse.jetty.websocket.core.ExtensionConfig;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.OpCode;
import org.eclipse.jetty.websocket.core.exception.ProtocolException;
import org.jspecify.annotations.Nullable;

/**
 * {@code permessage-deflate} (RFC 7692) without context takeover: each message is compressed by
 * itself, so that an event is compressed once for everybody. Frames pass as they are: those that go
 * out have been compressed by the encoder, and those that come in are by {@link MessageAssembler}.
 *
 * <p>Threading: Jetty's; it has no state of its own. It is public because Jetty creates it.
 */
public final class PermessageDeflate extends AbstractExtension {
  static final String NAME = "permessage-deflate";

  private static final String SERVER_NO_CONTEXT = "server_no_context_takeover";
  private static final String CLIENT_NO_CONTEXT = "client_no_context_takeover";
  private static final String SERVER_WINDOW = "server_max_window_bits";
  private static final String CLIENT_WINDOW = "client_max_window_bits";
  private static final String NO_VALUE = "";

  /** The only window that Java's compressor has. */
  private static final String WINDOW_BITS = "15";

  private static final List<String> SMALLER_WINDOWS =
      List.of("8", "9", "10", "11", "12", "13", "14");

  // Each connection keeps what was agreed: all of them the same two objects.
  private static final ExtensionConfig AGREED = agreed(false);
  private static final ExtensionConfig AGREED_ON_WINDOW = agreed(true);

  private static ExtensionConfig agreed(boolean onWindow) {
    ExtensionConfig config = new ExtensionConfig(NAME, Map.of());
    config.setParameter(SERVER_NO_CONTEXT);
    config.setParameter(CLIENT_NO_CONTEXT);
    if (onWindow) {
      config.setParameter(SERVER_WINDOW, WINDOW_BITS);
    }
    return config;
  }

  /** The answer to the first of these offers that can be met; null when none can. */
  static @Nullable ExtensionConfig answer(List<ExtensionConfig> offers) {
    for (ExtensionConfig offer : offers) {
      if (offer.getName().equals(NAME) && canMeet(offer)) {
        return offer.getParameterKeys().contains(SERVER_WINDOW) ? AGREED_ON_WINDOW : AGREED;
      }
    }
    return null;
  }

  private static boolean canMeet(ExtensionConfig offer) {
    return offer.getParameterKeys().stream()
        .allMatch(name -> canMeet(name, offer.getParameter(name, NO_VALUE)));
  }

  private static boolean canMeet(String parameter, String value) {
    return switch (parameter) {
      case SERVER_NO_CONTEXT, CLIENT_NO_CONTEXT -> value.equals(NO_VALUE);
      case SERVER_WINDOW -> value.equals(WINDOW_BITS);
      // It says only that the client could take a window: it is not asked to.
      case CLIENT_WINDOW ->
          value.equals(NO_VALUE) || value.equals(WINDOW_BITS) || SMALLER_WINDOWS.contains(value);
      default -> false;
    };
  }

  @Override
  public boolean isRsv1User() {
    return true;
  }

  @Override
  public void onFrame(Frame frame, Callback callback) {
    if (frame.isRsv1() && frame.getOpCode() == OpCode.CONTINUATION) {
      callback.failed(new ProtocolException("RSV1 belongs to a message's first frame"));
    } else {
      super.onFrame(frame, callback);
    }
  }
}
