package dev.tailrace.system;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The examples and the client as any static server gives them, from the project's folder: an origin
 * that is not the edge's.
 *
 * <p>Threading: any thread.
 */
final class ExamplesSite implements AutoCloseable {
  private static final List<String> FOLDERS = List.of("examples", "clients/js");
  private static final Map<String, String> TYPES =
      Map.of("html", "text/html", "js", "text/javascript", "css", "text/css");

  private final HttpServer server;

  private ExamplesSite(HttpServer server) {
    this.server = server;
  }

  static ExamplesSite serve() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    for (String folder : FOLDERS) {
      server.createContext("/" + folder + "/", ExamplesSite::answer);
    }
    server.start();
    return new ExamplesSite(server);
  }

  private static void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath().substring(1);
      Path file = Docs.root().resolve(path.endsWith("/") ? path + "index.html" : path).normalize();
      String type = TYPES.get(file.toString().replaceFirst(".*\\.", ""));
      boolean isOurs = FOLDERS.stream().anyMatch(one -> file.startsWith(Docs.root().resolve(one)));
      if (type == null || !isOurs || !Files.isRegularFile(file)) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      byte[] bytes = Files.readAllBytes(file);
      exchange.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
      exchange.getResponseHeaders().set("Cache-Control", "no-store");
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  /** The list of examples. */
  String index() {
    return "http://127.0.0.1:%d/examples/".formatted(server.getAddress().getPort());
  }

  /** An example's page, before the edge at this origin. */
  String page(String example, String origin, String query) {
    return index() + "%s/?origin=%s&%s".formatted(example, origin, query);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
