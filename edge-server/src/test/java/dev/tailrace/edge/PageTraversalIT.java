package dev.tailrace.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.auth.Tokens;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Requests for what lies beside the page on the class path, and in the system, byte for byte. */
class PageTraversalIT extends EdgeFixture {
  /** How the parent folder may be written. */
  private static final List<String> PARENTS =
      List.of(
          "..",
          "%2e%2e",
          "%2E%2E",
          ".%2e",
          "%2e.",
          "..;",
          "..;x=1",
          "%2e%2e;",
          "..%00",
          "%252e%252e",
          "%25252e%25252e",
          "%c0%ae%c0%ae", // over long UTF-8 of a dot
          "%e0%80%ae%e0%80%ae",
          "%f0%80%80%ae%f0%80%80%ae",
          "\u00c0\u00ae\u00c0\u00ae", // the same in raw bytes
          "%u002e%u002e",
          "%ef%bc%8e%ef%bc%8e", // full width
          "....",
          "...");

  /** How what stands between them may be. */
  private static final List<String> SEPARATORS =
      List.of("/", "//", "\\", "%2f", "%5c", "%255c", "%252f", "%c0%af", "/./", ";/");

  /** Beside the page on the class path, and in the system. */
  private static final List<String> TARGETS =
      List.of("logback-test.xml", "dev/tailrace/edge/EdgeServer.class", "etc/passwd");

  private static final List<String> WHOLE_TARGETS =
      List.of(
          "http://localhost/../logback-test.xml",
          "http://localhost/%2e%2e/logback-test.xml",
          "http://localhost//etc/passwd",
          "file:///etc/passwd",
          "http://[::1/../logback-test.xml",
          "//etc/passwd",
          "/\0",
          "/%00",
          "/test-only.css%00.html",
          "/test-only.css\0",
          "/%",
          "/%2",
          "/%zz",
          "/%ff",
          "..",
          "../logback-test.xml",
          "*",
          "\\..\\logback-test.xml",
          "/META-INF/MANIFEST.MF",
          "/page/../../logback-test.xml",
          "/schemas/%2e%2e/logback-test.xml",
          "/schemas/tailrace/v1/..%2f..%2f..%2flogback-test.proto");

  @Test
  void shouldServeNothingButThePage() throws Exception {
    EdgeServer attacked = anotherEdge("dev", "true");
    String token = Tokens.subscribing("honest", "*");
    try (HonestCrowd crowd =
        HonestCrowd.connect(lanes, attacked.port(), token, "honest.traversal")) {
      assertThat(get(attacked, "/test-only.css")).startsWith("HTTP/1.1 200 ").endsWith("body {}\n");
      int written = 0;
      for (String parent : PARENTS) {
        for (String separator : SEPARATORS) {
          String target = TARGETS.get(written++ % TARGETS.size());
          String folder = written % 2 == 0 ? "/" : "/a/";
          assertServesNothing(attacked, folder + (parent + separator).repeat(3) + target);
        }
      }
      crowd.expectNext();
      for (String target : WHOLE_TARGETS) {
        assertServesNothing(attacked, target);
      }
      crowd.expectNext();
    }
  }

  private static void assertServesNothing(EdgeServer edge, String target) throws IOException {
    String answer = get(edge, target);
    assertThat(answer).as(target).containsPattern("^HTTP/1\\.1 4\\d\\d ");
    assertThat(answer)
        .as(target)
        .contains("application/problem+json", "X-Content-Type-Options: nosniff")
        .doesNotContain("<configuration", "root:", "EdgeServer", "Exception");
  }

  private static String get(EdgeServer edge, String target) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), edge.port())) {
      socket.setSoTimeout(20_000);
      String request =
          "GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }
}
