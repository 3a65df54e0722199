package dev.tailrace.edge.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Serves the local page in development: class path resources below {@code page/} at {@code /}, and
 * for download the {@code .proto} files and hash vectors below {@code /schemas/}. Everything else
 * it declines.
 *
 * <p>Threading: any of Jetty's threads; reads from the class path, which development can afford.
 */
public final class PageHandler extends Handler.Abstract {
  private static final Pattern PATH = Pattern.compile("(/[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*)+");
  private static final String SCHEMAS = "/schemas/";
  private static final String VECTORS = "slot-vectors.json";
  private static final Map<String, String> MEDIA_TYPES =
      Map.ofEntries(
          Map.entry("html", "text/html; charset=utf-8"),
          Map.entry("css", "text/css; charset=utf-8"),
          Map.entry("js", "text/javascript; charset=utf-8"),
          Map.entry("mjs", "text/javascript; charset=utf-8"),
          Map.entry("json", "application/json"),
          Map.entry("proto", "text/plain; charset=utf-8"),
          Map.entry("svg", "image/svg+xml"),
          Map.entry("png", "image/png"),
          Map.entry("ico", "image/x-icon"),
          Map.entry("woff2", "font/woff2"),
          Map.entry("txt", "text/plain; charset=utf-8"));

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws IOException {
    boolean reads = request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
    String resource = reads ? resource(Request.getPathInContext(request)) : null;
    if (resource == null) {
      return false;
    }
    try (InputStream in = PageHandler.class.getClassLoader().getResourceAsStream(resource)) {
      if (in == null) {
        return false;
      }
      byte[] body = in.readAllBytes();
      String extension = resource.substring(resource.lastIndexOf('.') + 1);
      response
          .getHeaders()
          .put(
              HttpHeader.CONTENT_TYPE,
              MEDIA_TYPES.getOrDefault(extension, "application/octet-stream"));
      response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-cache");
      SecurityHeaders.putOfPage(response.getHeaders());
      response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
      response.write(true, ByteBuffer.wrap(body), callback);
      return true;
    }
  }

  /** The class path resource of a path; null when there can be none. */
  static @Nullable String resource(String path) {
    if (path.equals("/")) {
      return "page/index.html";
    }
    if (!PATH.matcher(path).matches() || !path.substring(1).contains(".")) {
      return null;
    }
    if (!path.startsWith(SCHEMAS)) {
      return "page" + path;
    }
    String name = path.substring(SCHEMAS.length());
    if (name.equals(VECTORS)) {
      return "dev/tailrace/schemas/" + VECTORS;
    }
    return name.startsWith("tailrace/v1/") && name.endsWith(".proto") ? name : null;
  }
}
