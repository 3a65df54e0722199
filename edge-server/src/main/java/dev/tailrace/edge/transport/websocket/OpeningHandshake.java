package dev.tailrace.edge.transport.websocket;

import dev.tailrace.edge.http.ProblemResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.TunnelSupport;
import org.jspecify.annotations.Nullable;

/**
 * What a client says and is answered to open a WebSocket: RFC 6455, section 4, over HTTP/1.1, and
 * RFC 8441 inside an HTTP/2 stream.
 *
 * <p>Threading: immutable; Jetty's threads.
 */
final class OpeningHandshake {
  private static final String VERSION = "13";
  private static final String WEBSOCKET = "websocket";
  private static final int KEY_BYTES = 16;
  private static final String KEY_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final HttpField UPGRADE = new PreEncodedHttpField(HttpHeader.UPGRADE, WEBSOCKET);
  private static final HttpField CONNECTION =
      new PreEncodedHttpField(HttpHeader.CONNECTION, HttpHeader.UPGRADE.asString());

  private final Request request;
  private final EndPoint endPoint;

  /** Null inside HTTP/2, where it says nothing. */
  private final @Nullable String key;

  private OpeningHandshake(Request request, EndPoint endPoint, @Nullable String key) {
    this.request = request;
    this.endPoint = endPoint;
    this.key = key;
  }

  /** A request that opens no WebSocket; carries the answer. */
  static final class NoHandshakeException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient ProblemResponse problem;

    private NoHandshakeException(int status, String code, String detail) {
      super(detail, null, false, false);
      ProblemResponse plain = ProblemResponse.of(status, code, detail);
      this.problem =
          status == HttpStatus.UPGRADE_REQUIRED_426
              ? plain
                  .withHeader(HttpHeader.UPGRADE, WEBSOCKET)
                  .withHeader(HttpHeader.SEC_WEBSOCKET_VERSION, VERSION)
              : plain;
    }

    ProblemResponse problem() {
      return problem;
    }
  }

  /**
   * The handshake that a request is.
   *
   * @throws NoHandshakeException when it is none, or one of a version that nobody speaks
   */
  static OpeningHandshake of(Request request) throws NoHandshakeException {
    HttpFields headers = request.getHeaders();
    TunnelSupport tunnel = request.getTunnelSupport();
    boolean asked =
        HttpMethod.CONNECT.is(request.getMethod())
            ? tunnel != null && WEBSOCKET.equals(tunnel.getProtocol())
            : request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_1
                && headers.contains(HttpHeader.UPGRADE, WEBSOCKET)
                && headers.contains(HttpHeader.CONNECTION, HttpHeader.UPGRADE.asString());
    if (!asked || !VERSION.equals(headers.get(HttpHeader.SEC_WEBSOCKET_VERSION))) {
      throw new NoHandshakeException(
          HttpStatus.UPGRADE_REQUIRED_426,
          "websocket_expected",
          "this path takes WebSocket opening handshakes (RFC 6455)");
    }
    if (HttpMethod.CONNECT.is(request.getMethod()) && tunnel != null) {
      return new OpeningHandshake(request, tunnel.getEndPoint(), null);
    }
    String key = headers.get(HttpHeader.SEC_WEBSOCKET_KEY);
    if (key == null || !isKey(key)) {
      throw new NoHandshakeException(
          HttpStatus.BAD_REQUEST_400,
          "bad_handshake",
          "Sec-WebSocket-Key is %d bytes in base64".formatted(KEY_BYTES));
    }
    return new OpeningHandshake(
        request, request.getConnectionMetaData().getConnection().getEndPoint(), key);
  }

  private static boolean isKey(String key) {
    try {
      return Base64.getDecoder().decode(key).length == KEY_BYTES;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** What the WebSocket's bytes go over. */
  EndPoint endPoint() {
    return endPoint;
  }

  /** The subprotocols that the client speaks, in its order. */
  List<String> subprotocols() {
    return request.getHeaders().getCSV(HttpHeader.SEC_WEBSOCKET_SUBPROTOCOL, false);
  }

  /** The extensions that the client offers, each with its parameters, in its order. */
  List<String> extensions() {
    return request.getHeaders().getCSV(HttpHeader.SEC_WEBSOCKET_EXTENSIONS, true);
  }

  /**
   * Puts the answer into a response: when that is written, the connection is a WebSocket.
   *
   * @param subprotocol null when the client asked for none
   * @param extension null when none was agreed on
   */
  void accept(Response response, @Nullable String subprotocol, @Nullable String extension) {
    HttpFields.Mutable headers = response.getHeaders();
    if (key == null) {
      response.setStatus(HttpStatus.OK_200);
    } else {
      response.setStatus(HttpStatus.SWITCHING_PROTOCOLS_101);
      headers.put(UPGRADE);
      headers.put(CONNECTION);
      headers.put(HttpHeader.SEC_WEBSOCKET_ACCEPT, acceptOf(key));
    }
    if (subprotocol != null) {
      headers.put(HttpHeader.SEC_WEBSOCKET_SUBPROTOCOL, subprotocol);
    }
    if (extension != null) {
      headers.put(HttpHeader.SEC_WEBSOCKET_EXTENSIONS, extension);
    }
  }

  private static String acceptOf(String key) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1")
              .digest((key + KEY_SUFFIX).getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }
}
