package dev.tailrace.edge.http;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Writes a response whose body is there at once. Nothing of it is to be stored by a cache. */
public final class WholeResponse {
  private WholeResponse() {}

  /** Writes it. */
  public static void send(Response response, String mediaType, byte[] body, Callback callback) {
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, mediaType);
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    response.getHeaders().put(SecurityHeaders.NOSNIFF);
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
    response.write(true, ByteBuffer.wrap(body), callback);
  }
}
