package dev.tailrace.system;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A site whose page uses the client: an origin that is not the edge's.
 *
 * <p>Threading: any thread.
 */
final class WebClientFiles implements AutoCloseable {
  /** The client as it is shipped. */
  static final Path MODULE = Docs.root().resolve("clients/js/tailrace.js");

  private static final String STRICT = "/strict";

  private final HttpServer server;

  private WebClientFiles(HttpServer server) {
    this.server = server;
  }

  static WebClientFiles serve() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> answer(exchange, "text/html", "<!doctype html>"));
    server.createContext(
        STRICT,
        exchange -> {
          exchange.getResponseHeaders().set("Content-Security-Policy", "worker-src 'none'");
          answer(exchange, "text/html", "<!doctype html>");
        });
    server.createContext(
        "/tailrace.js", exchange -> answer(exchange, "text/javascript", Files.readString(MODULE)));
    server.createContext(
        "/shared.js",
        exchange ->
            answer(
                exchange, "text/javascript", Files.readString(MODULE.resolveSibling("shared.js"))));
    server.createContext(
        "/follow.js", exchange -> answer(exchange, "text/javascript", resource("follow.js")));
    server.start();
    return new WebClientFiles(server);
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = WebClientFiles.class.getResourceAsStream("/client/" + name)) {
      if (in == null) {
        throw new IOException("no " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void answer(HttpExchange exchange, String type, String text) throws IOException {
    try (exchange) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", type);
      exchange.getResponseHeaders().set("Access-Control-Allow-Origin", "*");
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  /** These names as a list of JSON. */
  static String names(List<String> names) {
    return names.stream().collect(Collectors.joining("\",\"", "[\"", "\"]"));
  }

  /** A page without anything. */
  String page() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
  }

  /** A page that may have no workers. */
  String strictPage() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + STRICT;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
