package dev.tailrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.edge.auth.Tokens;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An event stream over HTTP/1 as bytes on its socket, which the edge has taken over from Jetty. */
class EventStreamIT extends EdgeFixture {
  private static final String CHANNEL = "bytes.of.a.stream";
  private static final String TOKEN = Tokens.subscribing("reader", "bytes.*");
  private static final String PATH =
      "/v1/events?channel=" + CHANNEL + "&access_token=" + TOKEN + "&cursor=";

  private EdgeServer own;
  private @Nullable Thread closing;

  /** It would be minutes before anything is written that could show that a client is gone. */
  @BeforeEach
  void startEdge() {
    own = anotherEdge("edge.heartbeat", "5m", "edge.http.idle.timeout", "10m");
  }

  /** Ends its streams, and waits for their clients, who are to read their ends meanwhile. */
  private void close() {
    closing = Thread.startVirtualThread(own::close);
  }

  @AfterEach
  void awaitClose() throws InterruptedException {
    if (closing != null) {
      assertThat(closing.join(PATIENCE)).as("the edge is closed").isTrue();
    }
  }

  private Socket request(String head) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), own.port());
    socket.setSoTimeout((int) PATIENCE.toMillis());
    socket.getOutputStream().write((head + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private static String until(InputStream in, String end) throws IOException {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    while (!read.toString(StandardCharsets.UTF_8).endsWith(end)) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("the stream ended after " + read);
      }
      read.write(next);
    }
    return read.toString(StandardCharsets.UTF_8);
  }

  @Test
  void shouldNoticeAtOnceThatItsClientHasClosed() throws Exception {
    try (Socket socket = request("GET " + PATH + " HTTP/1.1\r\nHost: edge")) {
      until(socket.getInputStream(), "event: tailrace.cursor");
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(dump()).contains("connections 1\n"));
    }

    await().atMost(PATIENCE).until(() -> own.connections() == 0);
    await("its agent knows, too")
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(dump()).contains("connections 0\n"));
  }

  private String dump() throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + own.operatorPort() + "/dump");
      return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
    }
  }

  @Test
  void shouldCutOffAClientThatGoesOnSending() throws Exception {
    try (Socket socket = request("GET " + PATH + " HTTP/1.1\r\nHost: edge")) {
      until(socket.getInputStream(), "event: tailrace.cursor");

      socket.getOutputStream().write(new byte[9 << 10]);

      await().atMost(PATIENCE).until(() -> own.connections() == 0);
    }
  }

  @Test
  void shouldWriteChunksToTheLastOne() throws Exception {
    try (Socket socket = request("GET " + PATH + " HTTP/1.1\r\nHost: edge")) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      String head = until(in, "\r\n\r\n");
      assertThat(head).startsWith("HTTP/1.1 200 OK\r\n").contains("Transfer-Encoding: chunked\r\n");
      StringBuilder body = new StringBuilder();
      while (!body.toString().contains("tailrace.cursor")) {
        body.append(chunk(in));
      }
      write(CHANNEL, 0, 100);
      while (!body.toString().contains("\"id\":\"e99\"")) {
        body.append(chunk(in));
      }

      close();

      for (String chunk = chunk(in); !chunk.isEmpty(); chunk = chunk(in)) {
        body.append(chunk);
      }
      assertThat(body.toString()).startsWith(": tailrace\n\n").contains("retry: ").endsWith("\n\n");
      assertThat(body.toString().split("\nid: ", -1)).hasSizeGreaterThan(100);
      assertThat(in.read()).isEqualTo(-1);
    }
  }

  /** One chunk's data, empty for the last (RFC 9112, section 7.1). */
  private static String chunk(DataInputStream in) throws IOException {
    String size = until(in, "\r\n").strip();
    assertThat(size).matches("[1-9a-f][0-9a-f]*|0");
    byte[] data = new byte[Integer.parseInt(size, 16)];
    in.readFully(data);
    assertThat(until(in, "\r\n")).isEqualTo("\r\n");
    return new String(data, StandardCharsets.UTF_8);
  }

  @Test
  void shouldWriteEventsAsTheyAreToAClientOfHttp10() throws Exception {
    try (Socket socket = request("GET " + PATH + " HTTP/1.0")) {
      InputStream in = socket.getInputStream();
      String head = until(in, "\r\n\r\n");
      assertThat(head).doesNotContain("Transfer-Encoding");
      assertThat(until(in, "id: ")).startsWith(": tailrace\n\nevent: tailrace.cursor\ndata: ");
      until(in, "\n\n");

      write(CHANNEL, 0, 1);

      assertThat(until(in, "\n\n")).startsWith("data: {").contains("\nid: ");
      close();
      assertThat(until(in, "\n\n")).startsWith("retry: ");
      assertThat(in.read()).isEqualTo(-1);
    }
  }

  /** Whoever keeps connections for the next request would wait for the edge to cut this one. */
  @Test
  void shouldSayThatNoOtherRequestCanFollow() throws Exception {
    try (Socket socket = request("GET " + PATH + " HTTP/1.1\r\nHost: edge")) {
      assertThat(until(socket.getInputStream(), "\r\n\r\n"))
          .contains("Connection: close\r\n", "Transfer-Encoding: chunked\r\n");
    }
  }

  @Test
  void shouldLetNoOtherRequestFollow() throws Exception {
    String first = "GET " + PATH + " HTTP/1.1\r\nHost: edge\r\n\r\n";
    try (Socket socket = request(first + "GET /healthz HTTP/1.1\r\nHost: edge")) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      until(in, "\r\n\r\n");
      StringBuilder body = new StringBuilder();
      while (!body.toString().contains("tailrace.cursor")) {
        body.append(chunk(in));
      }
      write(CHANNEL, 0, 1);
      while (!body.toString().contains("\"id\":\"e0\"")) {
        body.append(chunk(in));
      }

      close();

      for (String chunk = chunk(in); !chunk.isEmpty(); chunk = chunk(in)) {
        body.append(chunk);
      }
      assertThat(body.toString()).endsWith(": shutdown\n\n").doesNotContain("HTTP/1.1");
      assertThat(end(in)).isLessThanOrEqualTo(0);
    }
  }

  /** What is left, or -1 when the connection was reset. */
  private static int end(InputStream in) throws IOException {
    try {
      return in.readAllBytes().length;
    } catch (SocketException e) {
      return -1;
    }
  }
}
