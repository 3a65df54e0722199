package dev.tailrace.edge.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * The console's page: the files below {@code /console/}, and those only. They hold no data, so they
 * need no token. Browsers may run them and nothing else, connect to this origin only, show them in
 * no frame, and ask each time whether they are still the newest.
 *
 * <p>Threading: immutable, its files are read when it is made; any of Jetty's threads.
 */
public final class ConsolePageHandler extends Handler.Abstract.NonBlocking {
  /** Where they are, with the page itself. */
  static final String BASE = "/console/";

  /** Leads there. */
  static final String SHORT = "/console";

  private static final String INDEX = "index.html";
  private static final String FOLDER = "page/";

  /** All that there is. */
  static final List<String> FILES =
      List.of(
          INDEX,
          "console.css",
          "icon.svg",
          "acting.js",
          "actions.js",
          "api.js",
          "app.js",
          "asked.js",
          "charts.js",
          "confirm.js",
          "connections.js",
          "deeds.js",
          "dom.js",
          "fleet.js",
          "format.js",
          "letters.js",
          "live.js",
          "lookup.js",
          "process.js",
          "slots.js",
          "table.js",
          "token.js",
          "tokenform.js",
          "trace.js");

  private static final Map<String, String> MEDIA_TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "svg", "image/svg+xml");

  private static final List<HttpField> HEADERS =
      List.of(
          new PreEncodedHttpField(
              "Content-Security-Policy",
              "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none';"
                  + " frame-ancestors 'none'"),
          new PreEncodedHttpField("X-Content-Type-Options", "nosniff"),
          new PreEncodedHttpField("X-Frame-Options", "DENY"),
          new PreEncodedHttpField("Referrer-Policy", "no-referrer"),
          new PreEncodedHttpField("Cross-Origin-Opener-Policy", "same-origin"),
          new PreEncodedHttpField("Cross-Origin-Resource-Policy", "same-origin"),
          new PreEncodedHttpField(HttpHeader.CACHE_CONTROL, "no-cache"));

  private record PageFile(ByteBuffer body, String mediaType, String tag) {}

  private final Map<String, PageFile> files = new LinkedHashMap<>();

  private ConsolePageHandler() {
    for (String name : FILES) {
      files.put(BASE + name, read(name));
    }
    files.put(BASE, Objects.requireNonNull(files.get(BASE + INDEX)));
  }

  /**
   * The paths of all of it, each with its handler; a reader needs no token for them.
   *
   * @throws UncheckedIOException when a file cannot be read from the class path
   */
  public static Map<String, Handler> routes() {
    ConsolePageHandler handler = new ConsolePageHandler();
    Map<String, Handler> routes = new LinkedHashMap<>();
    routes.put(SHORT, handler);
    handler.files.keySet().forEach(path -> routes.put(path, handler));
    return routes;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    String path = Request.getPathInContext(request);
    HEADERS.forEach(response.getHeaders()::put);
    if (path.equals(SHORT)) {
      response.setStatus(HttpStatus.PERMANENT_REDIRECT_308);
      response.getHeaders().put(HttpHeader.LOCATION, "console/"); // whatever a proxy has before it
      callback.succeeded();
      return true;
    }
    PageFile file = files.get(path);
    if (file == null) {
      return false;
    }
    response.getHeaders().put(HttpHeader.ETAG, file.tag());
    if (file.tag().equals(request.getHeaders().get(HttpHeader.IF_NONE_MATCH))) {
      response.setStatus(HttpStatus.NOT_MODIFIED_304);
      callback.succeeded();
      return true;
    }
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, file.mediaType());
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, file.body().remaining());
    response.write(true, file.body().duplicate(), callback);
    return true;
  }

  private static PageFile read(String name) {
    try (InputStream in = ConsolePageHandler.class.getResourceAsStream(FOLDER + name)) {
      byte[] body = Objects.requireNonNull(in, name).readAllBytes();
      String extension = name.substring(name.lastIndexOf('.') + 1);
      return new PageFile(
          ByteBuffer.wrap(body),
          Objects.requireNonNull(MEDIA_TYPES.get(extension), name),
          tagOf(body));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String tagOf(byte[] body) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(body);
      return '"' + HexFormat.of().formatHex(digest, 0, 16) + '"';
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has it
    }
  }
}
