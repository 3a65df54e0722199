package dev.tailrace.client;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.UnknownServiceException;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.Dispatcher;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocketListener;
import okio.Buffer;
import okio.BufferedSource;
import okio.ForwardingSource;
import okio.Okio;
import okio.Source;
import org.jspecify.annotations.Nullable;

/**
 * Requests, and what their answers and failures mean.
 *
 * <p>Threading: any thread. Futures are completed, and callbacks called, on OkHttp's.
 */
final class Http {
  private static final long MOST_OF_A_PROBLEM_BYTES = 64 << 10;
  private static final long SECOND_MS = 1_000;

  private final OkHttpClient client;
  private final HttpUrl origin;
  private final @Nullable String user;
  private final int maxBytes;
  private final boolean ownsPool;

  Http(HttpUrl origin, TailraceOptions options) {
    this.origin = origin;
    user = options.user;
    maxBytes = options.maxMessageBytes;
    ownsPool = options.http == null;
    OkHttpClient given = options.http == null ? new OkHttpClient() : options.http;
    // Streams are held for hours: they take none of the application's own requests' places.
    client =
        given
            .newBuilder()
            .dispatcher(new Dispatcher())
            .followSslRedirects(false)
            .connectTimeout(options.patienceMs * 3 / 4, TimeUnit.MILLISECONDS)
            .readTimeout(0, TimeUnit.MILLISECONDS) // whoever waits has a clock of his own
            .cache(null)
            .build();
  }

  /**
   * What was given to connect to.
   *
   * @throws TailraceException {@code bad_origin}
   */
  static HttpUrl origin(String text) {
    HttpUrl url = HttpUrl.parse(text);
    if (url == null || url.query() != null || url.fragment() != null) {
      throw TailraceException.of("bad_origin", text + " is no URL like https://events.example.com")
          .isFinal(true)
          .build();
    }
    return url;
  }

  HttpUrl origin() {
    return origin;
  }

  /** A path of one of the edges. */
  HttpUrl.Builder url(HttpUrl edge, String path) {
    HttpUrl.Builder url = edge.newBuilder();
    if (edge.pathSegments().get(edge.pathSize() - 1).isEmpty()) {
      url.removePathSegment(edge.pathSize() - 1);
    }
    url.addPathSegments(path);
    if (user != null) {
      url.addQueryParameter("user", user);
    }
    return url;
  }

  HttpUrl url(HttpUrl edge, String path, Map<String, String> query) {
    HttpUrl.Builder url = url(edge, path);
    query.forEach(url::addQueryParameter);
    return url.build();
  }

  /** A request with this token, or with "" without one. */
  static Request.Builder request(HttpUrl url, String token) {
    Request.Builder request = new Request.Builder().url(url);
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    return request;
  }

  /** The text of a good answer, which comes within so long; or a {@link TailraceException}. */
  CompletableFuture<String> send(Request request, long withinMs) {
    CompletableFuture<String> answer = new CompletableFuture<>();
    Call call = client.newCall(request);
    call.timeout().timeout(withinMs, TimeUnit.MILLISECONDS);
    enqueue(
        call,
        answer::completeExceptionally,
        (response, body) -> {
          if (response.code() != 204) {
            requireType(response, "application/json");
          }
          answer.complete(text(body));
        });
    return answer;
  }

  /**
   * A request that is answered as long as it may take; cancel the call to end it.
   *
   * @param heard run whenever a part of the answer has come, however small
   */
  Call stream(Request request, Runnable heard, Refused refused, Answered answered) {
    Call call = client.newCall(request);
    enqueue(
        call,
        refused,
        (response, body) -> answered.on(response, Okio.buffer(new Heard(body, heard))));
    return call;
  }

  /** Says that something has come. Threading: of one reader. */
  private static final class Heard extends ForwardingSource {
    private final Runnable heard;

    private Heard(Source body, Runnable heard) {
      super(body);
      this.heard = heard;
    }

    @Override
    public long read(Buffer sink, long byteCount) throws IOException {
      long count = super.read(sink, byteCount);
      heard.run();
      return count;
    }
  }

  okhttp3.WebSocket webSocket(Request request, WebSocketListener listener) {
    return client.newWebSocket(request, listener);
  }

  /** Told why there is no good answer, or no more of it. */
  interface Refused {
    void on(TailraceException error);
  }

  /** Reads a good answer; what it throws is told as why there is none. */
  interface Answered {
    void on(Response response, BufferedSource body) throws IOException;
  }

  private void enqueue(Call call, Refused refused, Answered answered) {
    call.enqueue(
        new Callback() {
          @Override
          public void onFailure(Call failed, IOException e) {
            refused.on(failure(failed.request().url(), e));
          }

          @Override
          public void onResponse(Call good, Response response) {
            try (response) {
              if (!response.isSuccessful()) {
                throw refusal(response);
              }
              answered.on(response, response.body().source());
            } catch (TailraceException e) {
              refused.on(e);
            } catch (IOException e) {
              refused.on(failure(good.request().url(), e));
            } catch (IllegalArgumentException e) {
              refused.on(malformed(e));
            }
          }
        });
  }

  /** What is another kind of answer is nothing that an edge says, but a login page, say. */
  static void requireType(Response response, String type) {
    String actual = response.header("Content-Type", "");
    if (actual == null || !actual.startsWith(type)) {
      throw notTailrace(response, 0);
    }
  }

  /** All of an answer. */
  String text(BufferedSource body) throws IOException {
    if (body.request(maxBytes + 1L)) {
      throw tooLarge();
    }
    return body.readUtf8();
  }

  /** One line, without its end. */
  String line(BufferedSource source) throws IOException {
    try {
      return source.readUtf8LineStrict(maxBytes);
    } catch (EOFException e) {
      if (source.getBuffer().size() > maxBytes) {
        throw tooLarge();
      }
      return source.readUtf8(); // half of one
    }
  }

  TailraceException tooLarge() {
    return TailraceException.of(
            "too_large",
            String.format("more than %,d bytes at once: let maxMessageBytes be larger", maxBytes))
        .isFinal(true)
        .build();
  }

  static TailraceException malformed(RuntimeException cause) {
    return TailraceException.of(
            "malformed",
            "no edge says what comes: a proxy may change it (" + cause.getMessage() + ")")
        .cause(cause)
        .build();
  }

  /** Of an answer that is no good one: a problem document, if an edge gave it. */
  static TailraceException refusal(Response response) {
    long afterMs = retryAfterMs(response);
    int status = response.code();
    try {
      Map<String, String> problem =
          Json.members(response.peekBody(MOST_OF_A_PROBLEM_BYTES).string());
      String type = Event.string(problem, "type");
      if (type != null && type.startsWith("tag:tailrace")) {
        String limit = Event.string(problem, "limit");
        return TailraceException.of(
                Event.required(problem, "code"), Event.required(problem, "detail"))
            .status(status)
            .channel(Event.string(problem, "channel"))
            .limit((int) wholeNumber(limit))
            .retryAfterMs(afterMs)
            .isFinal(status < 500 && status != 401 && status != 408 && status != 429)
            .build();
      }
    } catch (IOException | IllegalArgumentException e) {
      // Nobody here wrote that.
    }
    return notTailrace(response, afterMs);
  }

  private static TailraceException notTailrace(Response response, long afterMs) {
    return TailraceException.of(
            "not_tailrace",
            String.format(
                "no edge at %s, but something else answers, with %d: is the address right?",
                response.request().url().host(), response.code()))
        .status(response.code())
        .retryAfterMs(afterMs)
        .build();
  }

  /** Seconds, or a date (RFC 9110, section 10.2.3) by the clock of who wrote it; 0 for neither. */
  private static long retryAfterMs(Response response) {
    Headers headers = response.headers();
    Instant at = headers.getInstant("Retry-After");
    if (at == null) {
      return wholeNumber(headers.get("Retry-After")) * SECOND_MS;
    }
    Instant written = headers.getInstant("Date");
    Instant now = written == null ? Instant.now() : written;
    return Math.max(0, at.toEpochMilli() - now.toEpochMilli());
  }

  /** A whole number; 0 for what is none. */
  static long wholeNumber(@Nullable String text) {
    try {
      return text == null ? 0 : Math.max(0, Math.min(86_400_000, Long.parseLong(text)));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /** Of a request that brought no answer, or half of one. */
  static TailraceException failure(HttpUrl url, IOException cause) {
    if (cause instanceof SSLException) {
      return TailraceException.of(
              "tls",
              String.format(
                  "no trust in %s (%s): look at its certificate, and at the clock here",
                  url.host(), cause.getMessage()))
          .cause(cause)
          .build();
    }
    boolean nobody =
        cause instanceof ConnectException
            || cause instanceof UnknownHostException
            || cause instanceof NoRouteToHostException
            || cause instanceof UnknownServiceException
            || (cause instanceof SocketTimeoutException && isOfConnect(cause));
    return TailraceException.of(
            nobody ? "unreachable" : "cut",
            String.format(
                "%s:%d %s (%s): it is tried again",
                url.host(),
                url.port(),
                nobody ? "does not answer" : "broke off",
                cause.getMessage()))
        .cause(cause)
        .build();
  }

  private static boolean isOfConnect(IOException cause) {
    String message = cause.getMessage();
    return message != null && (message.contains("connect") || message.contains("Connect"));
  }

  /** What is under way is over, and no thread stays. */
  void close() {
    client.dispatcher().cancelAll();
    client.dispatcher().executorService().shutdown();
    if (ownsPool) {
      client.connectionPool().evictAll();
    }
  }
}
