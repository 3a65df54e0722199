package dev.tailrace.edge.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.edge.client.Http2Client;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.frames.DataFrame;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Answers that would be lost if they were given before the body is read. */
class AnswerAfterBodyIT {
  private static final int PATIENCE_MS = 20_000;

  /** How long nothing is to come; a server that answers at once needs far less. */
  private static final Duration NOTHING = Duration.ofMillis(200);

  private static final String GET_WITH_BODY =
      "GET /v1/poll HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n";

  private final AtomicInteger handled = new AtomicInteger();
  private PublicServer server;

  @AfterEach
  void close() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /v1/publish, X-Nothing,    401",
    "POST, /v1/events,  X-Nothing,    405",
    "POST, /v1/nothing, X-Nothing,    404",
    "POST, /v1/publish, Origin,       403",
    "PUT,  /v1/poll,    Cookie,       405",
    "GET,  /v1/poll?%ff, X-Nothing,   400",
    "OPTIONS, /v1/poll, X-Nothing,    204",
  })
  void shouldNotAnswerBeforeTheBodyIsThere(String method, String path, String header, int status)
      throws Exception {
    start();
    String head =
        "%s %s HTTP/1.1\r\nHost: localhost\r\n%s: http://b.example\r\n"
            .formatted(method, path, header);
    for (String form : List.of("Content-Length: 10", "Transfer-Encoding: chunked")) {
      try (Socket socket = open()) {
        boolean chunked = form.endsWith("chunked");
        write(socket, head + form + "\r\n\r\n" + (chunked ? "5\r\nhello\r\n" : "hello"));
        expectNothing(socket);
        write(socket, chunked ? "5\r\nworld\r\n0\r\n\r\n" : "world");
        assertThat(readHead(socket)).startsWith("HTTP/1.1 " + status + " ");

        // The connection is not cut: another request is answered on it.
        write(socket, "GET /v1/other HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assertThat(readAll(socket)).contains("HTTP/1.1 404 ");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"/v1/publish, 401", "/v1/events, 405", "/v1/nothing, 404"})
  void shouldNotResetAStreamWhoseRequestIsRefused(String path, int status) throws Exception {
    start();
    try (Http2Client client = new Http2Client(server.port())) {
      Stream stream = post(client, path);
      stream.data(new DataFrame(stream.getId(), ByteBuffer.allocate(5), false), Callback.NOOP);
      assertThat(client.next(NOTHING)).as("an answer").isNull();
      stream.data(new DataFrame(stream.getId(), ByteBuffer.allocate(5), true), Callback.NOOP);

      assertThat(client.next()).isEqualTo("status " + status);
      assertThat(client.next()).isEqualTo("end");
      assertThat(client.next(NOTHING)).as("a reset").isNull();
    }
  }

  @Test
  void shouldGiveTheAnswerWhenTheBodyDoesNotCome() throws Exception {
    start("edge.http.body.timeout", "200ms");
    try (Socket socket = open();
        Http2Client client = new Http2Client(server.port())) {
      write(socket, "POST /v1/publish HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nx");
      post(client, "/v1/publish");

      assertThat(readAll(socket)).startsWith("HTTP/1.1 401 ").containsIgnoringCase("close");
      assertThat(client.next()).isEqualTo("status 401");
      assertThat(client.next()).isEqualTo("end");
      assertThat(server.cutAsOverdue()).isEqualTo(2);
    }
  }

  @Test
  void shouldNotReadOnForEverBeforeItAnswers() throws Exception {
    start("edge.http.body.timeout", "0s");
    try (Socket socket = open()) {
      write(
          socket,
          "POST /v1/publish HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n");
      write(socket, "x".repeat((8 << 20) + 1));

      assertThat(readHead(socket)).startsWith("HTTP/1.1 401 ").containsIgnoringCase("close");
    }
  }

  /**
   * Once: whoever goes on sending a little would hold the exchange open for as long as he likes.
   */
  @Test
  void shouldBeDoneWithAStreamWhoseBodyIsTooLong() throws Exception {
    start("edge.http.body.timeout", "0s");
    try (Http2Client client = new Http2Client(server.port())) {
      Stream stream = post(client, "/v1/publish");
      ByteBuffer tooMuch = ByteBuffer.allocate((8 << 20) + 1);
      stream.data(new DataFrame(stream.getId(), tooMuch, false), Callback.NOOP);

      assertThat(client.next()).isEqualTo("status 401");
      assertThat(client.next()).isEqualTo("end");
      assertThat(client.next()).startsWith("reset");
    }
  }

  @Test
  void shouldPassTheBodyOverBeforeAMethodThatTakesNone() throws Exception {
    start("edge.http.body.timeout", "1s");
    try (Socket whole = open();
        Socket late = open()) {
      write(whole, GET_WITH_BODY.formatted(5) + "hello");
      assertThat(readHead(whole)).startsWith("HTTP/1.1 401 ");
      assertThat(handled.get()).isOne();

      write(late, GET_WITH_BODY.formatted(5) + "hell");
      assertThat(readAll(late)).startsWith("HTTP/1.1 413 ").contains("body_too_large");
      assertThat(handled.get()).as("nothing was begun for this").isOne();
    }
  }

  /**
   * Without a time: a client that is slower than it is refused for the time, and not the length.
   */
  @Test
  void shouldRefuseTooLongABodyBeforeAMethodThatTakesNone() throws Exception {
    start("edge.http.body.timeout", "0s");
    try (Socket tooLong = open()) {
      write(tooLong, GET_WITH_BODY.formatted(99_999_999));
      write(tooLong, "x".repeat((8 << 20) + 1));

      assertThat(readHead(tooLong)).startsWith("HTTP/1.1 413 ").containsIgnoringCase("close");
      assertThat(handled.get()).as("nothing was begun for this").isZero();
    }
  }

  @Test
  void shouldNotAskForABodyThatItDoesNotWant() throws Exception {
    start();
    String answer =
        RawHttp.exchange(
            server.port(),
            "POST /v1/publish HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
                + "Content-Length: 9\r\n\r\n");

    assertThat(answer).startsWith("HTTP/1.1 401 ").doesNotContain(" 100 ");
  }

  private void start(String... settings) throws Exception {
    server =
        new PublicServer(
            Configs.with(settings),
            Routes.builder()
                .route(PublicPaths.PUBLISH, new Refusing(), "POST")
                .route(PublicPaths.EVENTS, new Refusing(), "GET")
                .route(PublicPaths.POLL, new Refusing(), "GET")
                .build());
    server.start();
  }

  private Stream post(Http2Client client, String path) throws Exception {
    return client.open(
        new MetaData.Request(
            "POST",
            HttpURI.from("http://127.0.0.1:" + server.port() + path),
            HttpVersion.HTTP_2,
            HttpFields.EMPTY));
  }

  private Socket open() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    socket.setSoTimeout(PATIENCE_MS);
    return socket;
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static void expectNothing(Socket socket) throws IOException {
    socket.setSoTimeout((int) NOTHING.toMillis());
    assertThatThrownBy(() -> socket.getInputStream().read())
        .as("an answer")
        .isInstanceOf(SocketTimeoutException.class);
    socket.setSoTimeout(PATIENCE_MS);
  }

  private static String readHead(Socket socket) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = socket.getInputStream().read();
      assertThat(next).as("cut off after: %s", head).isNotNegative();
      head.append((char) next);
    }
    return head.toString();
  }

  private static String readAll(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  /** Wants a token, and looks at nothing. */
  private final class Refusing extends Handler.Abstract {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      handled.incrementAndGet();
      ProblemResponse.of(HttpStatus.UNAUTHORIZED_401).send(response, callback);
      return true;
    }
  }
}
