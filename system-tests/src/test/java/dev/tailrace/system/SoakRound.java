package dev.tailrace.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import dev.tailrace.schemas.Topics;
import dev.tailrace.v1.Control;
import dev.tailrace.v1.Revocation;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What happens to an edge on a bad day, over and over: clients of all transports come, are
 * published to and go; some go on from old cursors, some do not read, some are refused or revoked,
 * and many come back at once. Meanwhile Kafka's connections are reset in every other round, and in
 * every fifth the dispatcher ends and another one takes over.
 *
 * <p>Threading: one test thread.
 */
final class SoakRound implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int CHANNELS = 4;
  private static final int CLIENTS = 8;
  private static final int STORM = 50;
  private static final int EVENTS = 60;
  private static final int LARGE_EVENTS = 16;
  private static final int LARGE = 48 << 10;

  private static final int RESET_EACH = 2;
  private static final int OTHER_DISPATCHER_EACH = 5;

  /** Old cursors are of so many rounds before. */
  private static final int ROUNDS_BACK = 3;

  private final LinkedKafka kafka;
  private final Platform platform;
  private final KafkaProducer<byte[], byte[]> controls;
  private final String token;
  private final Deque<String> cursors = new ArrayDeque<>();
  private int round;

  /** What he was issued before that, he has lost. */
  private Instant goneFrom = Instant.now().minus(Duration.ofHours(2));

  SoakRound(LinkedKafka kafka, Platform platform) {
    this.kafka = kafka;
    this.platform = platform;
    this.controls =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", platform.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    Instant now = Instant.now();
    this.token = SoakTokens.of("ann", now, now.plus(Duration.ofHours(2)));
  }

  /** One round; all clients have gone at its end. */
  void run() throws Exception {
    round++;
    List<AutoCloseable> open = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        HttpClient http =
            HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .executor(threads)
                .build()) {
      open.add(http::shutdownNow);
      try {
        follow(http, open);
      } finally {
        for (AutoCloseable one : open) {
          one.close();
        }
      }
    }
  }

  private void follow(HttpClient http, List<AutoCloseable> open) throws Exception {
    List<RawStream> streams = streams(open);
    List<Listener> sockets = sockets(http, open);
    List<CompletableFuture<HttpResponse<String>>> polls = polls(http);
    publish(http);
    for (RawStream stream : streams) {
      assertThat(stream.readUntil("last of " + round)).isTrue();
    }
    for (Listener socket : sockets) {
      socket.last.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
    for (CompletableFuture<HttpResponse<String>> poll : polls) {
      assertThat(poll.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    }
    refuse(http);
    revoke(http);
    storm();
  }

  private static String channels() {
    StringBuilder query = new StringBuilder();
    for (int i = 0; i < CHANNELS; i++) {
      query.append("channel=").append(channel(i)).append('&');
    }
    return query.append("x=1").toString();
  }

  private static String channel(int number) {
    return "soak.c" + number;
  }

  /** Half of them go on from an old cursor; two more, of whom nobody reads. */
  private List<RawStream> streams(List<AutoCloseable> open) throws IOException {
    List<RawStream> streams = new ArrayList<>();
    String old = cursors.size() < ROUNDS_BACK ? "" : cursors.removeFirst();
    for (int i = 0; i < CLIENTS; i++) {
      RawStream stream =
          RawStream.open(platform.baseUrl(), channels(), token, i % 2 == 0 ? old : "");
      open.add(stream);
      streams.add(stream);
    }
    for (int i = 0; i < 2; i++) {
      open.add(RawStream.open(platform.baseUrl(), "channel=soak.large", token, old));
    }
    cursors.add(streams.get(1).cursor());
    for (RawStream stream : streams) {
      stream.cursor();
    }
    return streams;
  }

  private List<Listener> sockets(HttpClient http, List<AutoCloseable> open) throws Exception {
    List<Listener> listeners = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      Listener listener = new Listener("last of " + round);
      WebSocket socket =
          http.newWebSocketBuilder()
              .header("Authorization", "Bearer " + token)
              .buildAsync(
                  URI.create(
                      platform.baseUrl().replace("http", "ws")
                          + "/v1/socket?channel="
                          + channel(CHANNELS - 1)),
                  listener)
              .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      open.add(socket::abort);
      listeners.add(listener);
    }
    for (Listener listener : listeners) {
      listener.welcome.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
    return listeners;
  }

  private List<CompletableFuture<HttpResponse<String>>> polls(HttpClient http) {
    List<CompletableFuture<HttpResponse<String>>> polls = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      String query = channels() + "&wait=1&cursor=" + cursors.getLast();
      polls.add(
          http.sendAsync(request("/v1/poll?" + query, token).build(), BodyHandlers.ofString()));
    }
    return polls;
  }

  private HttpRequest.Builder request(String path, String bearer) {
    return HttpRequest.newBuilder(URI.create(platform.baseUrl() + path))
        .timeout(PATIENCE)
        .header("Authorization", "Bearer " + bearer);
  }

  private void publish(HttpClient http) throws Exception {
    for (int i = 0; i < LARGE_EVENTS; i++) {
      publish(http, "soak.large", "x".repeat(LARGE));
    }
    if (round % OTHER_DISPATCHER_EACH == 0) {
      platform.stopDispatcher();
    }
    for (int i = 0; i < EVENTS; i++) {
      publish(http, channel(i % CHANNELS), "x".repeat(1_000));
      if (i == EVENTS / 2 && round % RESET_EACH == 0) {
        kafka.reset();
      }
    }
    if (round % OTHER_DISPATCHER_EACH == 0) {
      platform.startDispatcher();
    }
    publish(http, channel(CHANNELS - 1), "last of " + round);
  }

  private void publish(HttpClient http, String channel, String text) throws Exception {
    String json = "{\"channels\":[\"%s\"],\"data\":{\"t\":\"%s\"}}".formatted(channel, text);
    HttpRequest publish =
        request("/v1/publish", token)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json))
            .build();
    assertThat(http.send(publish, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
  }

  /** Tokens that are forged, or over, each of another user. */
  private void refuse(HttpClient http) throws Exception {
    Instant past = Instant.now().minus(Duration.ofHours(2));
    for (int i = 0; i < CLIENTS; i++) {
      String user = "mallory-" + round + "-" + i;
      String bad =
          i % 2 == 0
              ? SoakTokens.forged(user, Instant.now())
              : SoakTokens.of(user, past, past.plusSeconds(60));
      HttpRequest request = request("/v1/poll?channel=soak.c0", bad).build();
      assertThat(http.send(request, BodyHandlers.discarding()).statusCode()).isEqualTo(401);
    }
  }

  /** A user whose stream ends, and who does not come back with what he has. */
  private void revoke(HttpClient http) throws Exception {
    String revoked = SoakTokens.of("gone", goneFrom, Instant.now().plusSeconds(3_600));
    goneFrom = goneFrom.plusSeconds(1);
    try (RawStream stream = RawStream.open(platform.baseUrl(), channels(), revoked, "")) {
      stream.cursor();
      Timestamp from = Timestamp.newBuilder().setSeconds(goneFrom.getEpochSecond()).build();
      Control control =
          Control.newBuilder()
              .setRevocation(Revocation.newBuilder().setSubject("gone").setIssuedBefore(from))
              .build();
      // Of one key: the last revocation takes the place of the one before.
      byte[] key = "soak".getBytes(StandardCharsets.UTF_8);
      controls.send(new ProducerRecord<>(Topics.CONTROL, key, control.toByteArray())).get();
      stream.readToEnd();
    }
    HttpRequest again = request("/v1/poll?channel=soak.c0", revoked).build();
    assertThat(http.send(again, BodyHandlers.discarding()).statusCode()).isEqualTo(401);
  }

  /** Many come at once and are torn off, some before they had an answer; then they come back. */
  private void storm() throws IOException {
    List<RawStream> storm = new ArrayList<>();
    for (int i = 0; i < STORM; i++) {
      storm.add(RawStream.open(platform.baseUrl(), channels(), token, cursors.getLast()));
    }
    for (int i = 0; i < STORM; i++) {
      if (i % 2 == 0) {
        storm.get(i).cursor();
      }
      storm.get(i).tearOff();
    }
    List<RawStream> back = new ArrayList<>();
    for (int i = 0; i < STORM; i++) {
      back.add(RawStream.open(platform.baseUrl(), channels(), token, cursors.getLast()));
    }
    for (RawStream one : back) {
      one.cursor();
      one.close();
    }
  }

  @Override
  public void close() {
    controls.close();
  }

  /** Waits for what opens a socket, and for a text. */
  private static final class Listener implements WebSocket.Listener {
    private final CompletableFuture<Void> welcome = new CompletableFuture<>();
    private final CompletableFuture<Void> last = new CompletableFuture<>();
    private final String awaited;
    private final StringBuilder partial = new StringBuilder();

    Listener(String awaited) {
      this.awaited = awaited;
    }

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean whole) {
      partial.append(part);
      if (whole) {
        if (partial.indexOf("\"welcome\"") >= 0) {
          welcome.complete(null);
        }
        if (partial.indexOf(awaited) >= 0) {
          last.complete(null);
        }
        partial.setLength(0);
      }
      socket.request(1);
      return null;
    }
  }
}
