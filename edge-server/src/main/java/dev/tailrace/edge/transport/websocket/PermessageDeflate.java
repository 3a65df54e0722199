package dev.tailrace.edge.transport.websocket;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.http.HttpField;
import org.jspecify.annotations.Nullable;

/**
 * Agrees with clients on {@code permessage-deflate} (RFC 7692) without context takeover: each
 * message is compressed by itself, so that an event is compressed once for everybody. What goes out
 * has been compressed by the encoder, and what comes in is expanded by {@link MessageAssembler}.
 *
 * <p>Threading: stateless.
 */
final class PermessageDeflate {
  private static final String NAME = "permessage-deflate";
  private static final String SERVER_NO_CONTEXT = "server_no_context_takeover";
  private static final String CLIENT_NO_CONTEXT = "client_no_context_takeover";
  private static final String SERVER_WINDOW = "server_max_window_bits";
  private static final String CLIENT_WINDOW = "client_max_window_bits";

  /** The only window that Java's compressor has. */
  private static final String WINDOW_BITS = "15";

  private static final List<String> SMALLER_WINDOWS =
      List.of("8", "9", "10", "11", "12", "13", "14");
  private static final String AGREED =
      String.join("; ", NAME, SERVER_NO_CONTEXT, CLIENT_NO_CONTEXT);
  private static final String AGREED_ON_WINDOW =
      String.join("; ", AGREED, SERVER_WINDOW + "=" + WINDOW_BITS);

  private PermessageDeflate() {}

  /** The answer to the first of these offers that can be met; null when none can. */
  static @Nullable String answer(List<String> offers) {
    for (String offer : offers) {
      Map<String, @Nullable String> parameters = new HashMap<>();
      String name = HttpField.getValueParameters(offer, parameters);
      if (NAME.equals(name)
          && parameters.entrySet().stream().allMatch(PermessageDeflate::canMeet)) {
        return parameters.containsKey(SERVER_WINDOW) ? AGREED_ON_WINDOW : AGREED;
      }
    }
    return null;
  }

  private static boolean canMeet(Map.Entry<String, @Nullable String> parameter) {
    String value = parameter.getValue();
    return switch (parameter.getKey()) {
      case SERVER_NO_CONTEXT, CLIENT_NO_CONTEXT -> value == null;
      case SERVER_WINDOW -> WINDOW_BITS.equals(value);
      // It says only that the client could take a window: it is not asked to.
      case CLIENT_WINDOW ->
          value == null || value.equals(WINDOW_BITS) || SMALLER_WINDOWS.contains(value);
      default -> false;
    };
  }
}
