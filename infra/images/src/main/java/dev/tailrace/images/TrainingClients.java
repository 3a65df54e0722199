package dev.tailrace.images;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * What clients do to an edge in its training: they follow a channel and a user by event streams, a
 * WebSocket and polls, and publish until every one of them has had all of it.
 *
 * <p>Threading: one thread; the HTTP client's own call back.
 */
final class TrainingClients {
  private static final int EVENTS = 40;
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);
  private static final String CHANNEL = "training";

  private final int port;
  private final String token;

  TrainingClients(int port, String secret) {
    this.port = port;
    this.token = sign(secret);
  }

  private static String sign(String secret) {
    long expires = System.currentTimeMillis() / 1_000 + 3_600;
    String claims =
        "{\"sub\":\"42\",\"subscribe\":[\"*\"],\"publish\":[\"*\",\"$user/*\"],\"iat\":%d,\"exp\":%d}"
            .formatted(expires - 3_600, expires);
    String signed = encoded("{\"alg\":\"HS256\",\"typ\":\"JWT\"}") + "." + encoded(claims);
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return signed + "." + encoded(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JVM has HmacSHA256", e);
    }
  }

  private static String encoded(String text) {
    return encoded(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String encoded(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /**
   * All of them at once, to the end.
   *
   * @throws ImageException when one of them did not get what was published
   */
  void run() throws IOException, InterruptedException {
    HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    try {
      CountDownLatch streamed = new CountDownLatch(EVENTS);
      CountDownLatch received = new CountDownLatch(EVENTS);
      Stream<String> lines =
          http.send(
                  request("/v1/events?channel=" + CHANNEL).build(),
                  HttpResponse.BodyHandlers.ofLines())
              .body();
      Thread.ofVirtual().start(() -> count(lines, streamed));
      WebSocket socket =
          http.newWebSocketBuilder()
              .header("Authorization", "Bearer " + token)
              .buildAsync(
                  URI.create("ws://127.0.0.1:%d/v1/socket?channel=%s".formatted(port, CHANNEL)),
                  new Listener(text -> count(text, received)))
              .join();
      String cursor = cursor(ask(http, "/v1/poll?channel=" + CHANNEL));
      for (int number = 0; number < EVENTS; number++) {
        publish(http, number);
        cursor = cursor(ask(http, "/v1/poll?channel=" + CHANNEL + "&wait=1&cursor=" + cursor));
      }
      require("event stream", streamed);
      require("WebSocket", received);
      ask(http, "/v1/history?channel=" + CHANNEL + "&last=5");
      socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
    } finally {
      http.shutdownNow(); // a stream has no end of its own
    }
  }

  /** What probes, scrapers and people ask the operator ports. */
  void look(int... operatorPorts) throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      for (int operator : operatorPorts) {
        for (String page : new String[] {"healthz", "readyz", "metrics", "dump"}) {
          send(
              http,
              HttpRequest.newBuilder(
                  URI.create("http://127.0.0.1:%d/%s".formatted(operator, page))));
        }
      }
    }
  }

  private void publish(HttpClient http, int number) throws IOException, InterruptedException {
    String address = number % 2 == 0 ? "\"channels\":[\"" + CHANNEL + "\"]" : "\"users\":[\"42\"]";
    String event = "{%s,\"type\":\"step\",\"data\":{\"n\":%d}}".formatted(address, number);
    send(
        http,
        request("/v1/publish")
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(event)));
  }

  private String ask(HttpClient http, String path) throws IOException, InterruptedException {
    return send(http, request(path));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(port, path)))
        .header("Authorization", "Bearer " + token);
  }

  private static String send(HttpClient http, HttpRequest.Builder builder)
      throws IOException, InterruptedException {
    HttpRequest request = builder.timeout(LONGEST_WAIT).build();
    HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() / 100 != 2) {
      throw new ImageException(
          "%s answered %d: %s"
              .formatted(request.uri(), answer.statusCode(), answer.body().strip()));
    }
    return answer.body();
  }

  private static String cursor(String poll) {
    String before = "{\"cursor\":\"";
    return poll.substring(before.length(), poll.indexOf('"', before.length()));
  }

  private static void count(Stream<String> lines, CountDownLatch left) {
    try {
      lines.forEach(line -> count(line, left));
    } catch (UncheckedIOException e) {
      return; // the client has ended it
    }
  }

  private static void count(String text, CountDownLatch left) {
    if (text.contains("\"type\":\"step\"")) {
      left.countDown();
    }
  }

  private static void require(String client, CountDownLatch left) throws InterruptedException {
    if (!left.await(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new ImageException(
          "%d of %d events did not reach the %s".formatted(left.getCount(), EVENTS, client));
    }
  }

  /** Puts the parts of a message together. */
  private static final class Listener implements WebSocket.Listener {
    private final Consumer<String> onText;
    private final StringBuilder message = new StringBuilder();

    Listener(Consumer<String> onText) {
      this.onText = onText;
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      message.append(data);
      if (last) {
        onText.accept(message.toString());
        message.setLength(0);
      }
      socket.request(1);
      return null;
    }
  }
}
