package dev.tailrace.dispatcher.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.support.config.Settings;
import dev.tailrace.support.operator.OperatorAccess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The operator port, asked by pages in a browser of somebody who reaches it. */
class OperatorPagesIT {
  private OperatorServer server = start(Map.of());

  private static OperatorServer start(Map<String, String> settings) {
    return OperatorServer.start(
        "127.0.0.1",
        0,
        "--dispatcher-operator-port",
        OperatorAccess.from(Settings.of(settings)),
        Map.of(
            "/dump", _ -> OperatorServer.Page.text(true, "all of it"),
            "/readyz", _ -> OperatorServer.Page.text(true, "ready")));
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void shouldNotAnswerPagesInABrowserWhoseNameIsBoundToThisAddress() throws Exception {
    for (String path : List.of("/dump", "/readyz", "/nowhere")) {
      assertThat(ask(path, "Host: rebound.example:" + server.port()))
          .as(path)
          .startsWith("HTTP/1.1 403 ")
          .contains("operator.token")
          .doesNotContain("all of it");
    }
    assertThat(ask("/dump", "Host: localhost:" + server.port())).contains("all of it");
    assertThat(ask("/dump", "Host: 127.0.0.1")).contains("all of it");
    server.close();
    server = start(Map.of("operator.token", "0123456789abcdef"));
    assertThat(ask("/readyz", "Host: dispatcher-1.internal")).startsWith("HTTP/1.1 200 ");
    assertThat(ask("/dump", "Host: dispatcher-1.internal")).startsWith("HTTP/1.1 401 ");
  }

  @Test
  void shouldNotAnswerPagesOfOtherOrigins() throws Exception {
    String own = "127.0.0.1:" + server.port();
    for (String origin : List.of("http://evil.example", "http://127.0.0.1:1", "null")) {
      assertThat(ask("/dump", "Host: " + own + "\r\nOrigin: " + origin))
          .as(origin)
          .startsWith("HTTP/1.1 403 ")
          .contains("other origins")
          .doesNotContain("all of it");
    }
    assertThat(ask("/dump", "Host: " + own + "\r\nOrigin: https://" + own)).contains("all of it");
  }

  private String ask(String path, String headers) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(20_000);
      socket
          .getOutputStream()
          .write(
              "GET %s HTTP/1.1\r\n%s\r\nConnection: close\r\n\r\n"
                  .formatted(path, headers)
                  .getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
