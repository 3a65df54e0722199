package dev.tailrace.edge.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.frames.DataFrame;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.component.LifeCycle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Answers that would be lost if they were given before the body is read. */
class AnswerAfterBodyIT {
  private static final int PATIENCE_MS = 20_000;

  /** How long nothing is to come; a server that answers at once needs far less. */
  private static final int NOTHING_MS = 200;

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
    try (Http2 client = new Http2(server.port())) {
      Stream stream = client.post(path);
      stream.data(new DataFrame(stream.getId(), ByteBuffer.allocate(5), false), Callback.NOOP);
      assertThat(client.frames.poll(NOTHING_MS, TimeUnit.MILLISECONDS)).as("an answer").isNull();
      stream.data(new DataFrame(stream.getId(), ByteBuffer.allocate(5), true), Callback.NOOP);

      assertThat(client.next()).isEqualTo("status " + status);
      assertThat(client.next()).isEqualTo("end");
      assertThat(client.frames.poll(NOTHING_MS, TimeUnit.MILLISECONDS)).as("a reset").isNull();
    }
  }

  @Test
  void shouldGiveTheAnswerWhenTheBodyDoesNotCome() throws Exception {
    start("edge.http.body.timeout", "200ms");
    try (Socket socket = open();
        Http2 client = new Http2(server.port())) {
      write(socket, "POST /v1/publish HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nx");
      client.post("/v1/publish");

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
    try (Http2 client = new Http2(server.port())) {
      Stream stream = client.post("/v1/publish");
      ByteBuffer tooMuch = ByteBuffer.allocate((8 << 20) + 1);
      stream.data(new DataFrame(stream.getId(), tooMuch, false), Callback.NOOP);

      assertThat(client.next()).isEqualTo("status 401");
      assertThat(client.next()).isEqualTo("end");
      assertThat(client.next()).startsWith("reset");
    }
  }

  @Test
  void shouldPassTheBodyOverBeforeAMethodThatTakesNone() throws Exception {
    start("edge.http.body.timeout", "200ms");
    String head = "GET /v1/poll HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n";
    try (Socket whole = open();
        Socket late = open();
        Socket tooLong = open()) {
      write(whole, head.formatted(5) + "hello");
      assertThat(readHead(whole)).startsWith("HTTP/1.1 401 ");
      assertThat(handled.get()).isOne();

      write(late, head.formatted(5) + "hell");
      assertThat(readAll(late)).startsWith("HTTP/1.1 413 ").contains("body_too_large");
      write(tooLong, head.formatted(99_999_999));
      write(tooLong, "x".repeat((8 << 20) + 1));
      assertThat(readHead(tooLong)).startsWith("HTTP/1.1 413 ").containsIgnoringCase("close");
      assertThat(handled.get()).as("nothing was begun for these").isOne();
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

  private Socket open() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    socket.setSoTimeout(PATIENCE_MS);
    return socket;
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static void expectNothing(Socket socket) throws IOException {
    socket.setSoTimeout(NOTHING_MS);
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

  /** A client of HTTP/2 that says what comes on its streams. */
  private static final class Http2 implements AutoCloseable {
    private final HTTP2Client client = new HTTP2Client();
    private final BlockingQueue<String> frames = new LinkedBlockingQueue<>();
    private final Session session;
    private final int port;

    private Http2(int port) throws Exception {
      this.port = port;
      client.start();
      session =
          client
              .connect(
                  new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                  new Session.Listener() {})
              .get(PATIENCE_MS, TimeUnit.MILLISECONDS);
    }

    private Stream post(String path) throws Exception {
      MetaData.Request request =
          new MetaData.Request(
              "POST",
              HttpURI.from("http://127.0.0.1:" + port + path),
              HttpVersion.HTTP_2,
              HttpFields.EMPTY);
      return session
          .newStream(new HeadersFrame(request, null, false), new Frames())
          .get(PATIENCE_MS, TimeUnit.MILLISECONDS);
    }

    private String next() throws InterruptedException {
      return frames.poll(PATIENCE_MS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
      LifeCycle.stop(client);
    }

    private final class Frames implements Stream.Listener {
      @Override
      public void onHeaders(Stream stream, HeadersFrame frame) {
        frames.add("status " + ((MetaData.Response) frame.getMetaData()).getStatus());
        stream.demand();
      }

      @Override
      public void onDataAvailable(Stream stream) {
        Stream.Data data = stream.readData();
        boolean last = data != null && data.frame().isEndStream();
        if (data != null) {
          data.release();
        }
        if (last) {
          frames.add("end");
        } else {
          stream.demand();
        }
      }

      @Override
      public void onReset(Stream stream, ResetFrame frame, Callback callback) {
        frames.add("reset " + frame.getError());
        callback.succeeded();
      }
    }
  }
}
