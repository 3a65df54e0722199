package dev.tailrace.edge.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.console.ConsoleAccess;
import dev.tailrace.edge.console.ConsoleGuard;
import dev.tailrace.edge.console.ConsolePageHandler;
import dev.tailrace.edge.metrics.EdgeMetrics;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The console's page at an operator port that asks for a token. */
class ConsolePageServedIT {
  private static final String TOKEN = "0123456789abcdef";

  private final HttpClient client = HttpClient.newHttpClient();
  private final EdgeMetrics metrics = new EdgeMetrics();
  private OperatorServer server;

  @BeforeEach
  void start() throws Exception {
    Routes.Builder pages = Routes.builder();
    ConsolePageHandler.routes().forEach((path, page) -> pages.route(path, page, "GET", "HEAD"));
    server =
        new OperatorServer(
            Configs.with("operator.token", TOKEN),
            List.of(),
            metrics,
            List.of(),
            new ConsoleGuard(new ConsoleAccess(TOKEN, "", false), pages.build()));
    server.start();
  }

  @AfterEach
  void close() {
    client.close();
    server.close();
    metrics.close();
  }

  /** Only them: whatever is below the page's path and no file of it asks as all else does. */
  @Test
  void shouldShowTheConsolesPageWithoutTheTokenAndNothingElseBelowIt() throws Exception {
    HttpResponse<String> page = get("/console/");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body()).contains("<title>").doesNotContain("<script>");
    assertThat(page.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
    assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
        .startsWith("default-src 'self';")
        .contains("frame-ancestors 'none'")
        .doesNotContain("unsafe");
    assertThat(page.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    assertThat(page.headers().firstValue("Cache-Control")).contains("no-cache");
    String tag = page.headers().firstValue("ETag").orElseThrow();
    assertThat(
            client
                .send(
                    request("/console/").header("If-None-Match", tag).build(),
                    BodyHandlers.ofString())
                .statusCode())
        .isEqualTo(304);
    assertThat(get("/console/app.js").headers().firstValue("Content-Type"))
        .contains("text/javascript; charset=utf-8");
    HttpResponse<String> shortened = get("/console");
    assertThat(shortened.statusCode()).isEqualTo(308);
    assertThat(shortened.headers().firstValue("Location")).contains("console/");
    for (String path :
        List.of(
            "/console/live",
            "/console/api/slots",
            "/console/app.js/",
            "/console/nothing.js",
            "/console/ConsolePageHandler.class",
            "/console/x/../app.js/../../dump")) {
      assertThat(ask(path, "edge-1.internal", null)).as(path).startsWith("HTTP/1.1 4");
    }
    assertThat(ask("/console/", "edge-1.internal", "http://evil.example"))
        .startsWith("HTTP/1.1 403 ");
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(request(path).build(), BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
  }

  /** As a browser asks. */
  private String ask(String path, String host, @Nullable String origin) throws Exception {
    return RawHttp.exchange(
        server.port(),
        "GET %s HTTP/1.1\r\nHost: %s\r\n%sConnection: close\r\n\r\n"
            .formatted(path, host, origin == null ? "" : "Origin: " + origin + "\r\n"));
  }
}
