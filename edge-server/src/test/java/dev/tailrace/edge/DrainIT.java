package dev.tailrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.edge.auth.Tokens;
import dev.tailrace.edge.client.Client;
import dev.tailrace.edge.client.ClientKind;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An edge that stops gently, and its clients, who go on at another. */
class DrainIT extends EdgeFixture {
  private static final String LASTING = "drain.life";
  private static final int WELL_BEFORE_ITS_WAIT_S = 40;

  @Test
  void shouldLoseNothingForWhoGoesOnElsewhere() throws Exception {
    EdgeServer draining = anotherEdge("edge.drain.delay", "200ms", "edge.drain.window", "300ms");
    Map<ClientKind, Client> before = new EnumMap<>(ClientKind.class);
    for (ClientKind kind : ClientKind.values()) {
      before.put(kind, connect(kind, target("drain.user", "drain." + kind).at(draining.port())));
      write("drain." + kind, 0, 5);
    }
    before.values().forEach(client -> awaitEvents(client, 5));
    Thread drain =
        Thread.startVirtualThread(
            () -> draining.drain(wait -> awaits(new CountDownLatch(1), wait)));
    for (Client client : before.values()) {
      await().atMost(PATIENCE).until(() -> client.ended() != null);
      client.close();
    }
    drain.join();
    draining.close();

    for (ClientKind kind : ClientKind.values()) {
      String channel = "drain." + kind;
      write(channel, 5, 8);
      Client.Resume resume = before.get(kind).resume();
      Client after = connect(kind, target("drain.user", channel).from(resume));
      awaitLast(after, channel, "e7");
      List<String> all = new ArrayList<>(of(before.get(kind), channel));
      all.addAll(of(after, channel));
      assertThat(all).isEqualTo(names(channel, 0, 8));
      assertThat(after.gaps()).as("%s", kind).isEmpty();
    }
  }

  @Test
  void shouldSayThatItIsNotReadyBeforeItEndsAnybody() throws Exception {
    EdgeServer draining = anotherEdge("edge.drain.delay", "60s", "edge.drain.window", "1s");
    Client client = connect(ClientKind.SSE, target("drain.ready").at(draining.port()));
    CountDownLatch hurry = new CountDownLatch(1);
    Thread drain = Thread.startVirtualThread(() -> draining.drain(wait -> awaits(hurry, wait)));
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(ready(draining)).startsWith("503 ").contains("1 connections left"));
    assertThat(client.ended()).isNull();

    hurry.countDown();
    drain.join();
    draining.close();

    await().atMost(PATIENCE).until(() -> client.ended() != null);
  }

  @Test
  void shouldEndAllAtOnceWithoutAWindow() throws Exception {
    EdgeServer draining = anotherEdge("edge.drain.delay", "60s", "edge.drain.window", "0s");
    Map<ClientKind, Client> clients = new EnumMap<>(ClientKind.class);
    for (ClientKind kind : ClientKind.values()) {
      clients.put(kind, connect(kind, target("drain.at.once").at(draining.port())));
    }
    awaitAgentsHold(draining, clients.size());

    draining.drain(
        wait -> {
          throw new AssertionError("nothing is waited for");
        });
    assertThat(draining.longestDrain()).isZero();
    draining.close();

    for (Map.Entry<ClientKind, Client> one : clients.entrySet()) {
      await(one.getKey() + " is ended")
          .atMost(PATIENCE)
          .untilAsserted(
              () -> assertThat(one.getValue().ended()).contains(end(one.getKey(), "shutdown")));
      assertIsToldWhenToComeBack(one.getKey(), one.getValue());
    }
  }

  /** Though its wait is not over by far, and those who are streams are to be ended later. */
  @Test
  void shouldAnswerAPollThatIsHeldWithoutWaitingForTheWindow() throws Exception {
    EdgeServer draining = anotherEdge("edge.drain.delay", "0s", "edge.drain.window", "1h");
    Client stream = connect(ClientKind.SSE, target("drain.poll").at(draining.port()));
    try (HttpClient http = HttpClient.newHttpClient()) {
      String cursor = json(http, poll(draining, "")).path("cursor").asString();
      var held =
          http.sendAsync(poll(draining, "&wait=60&cursor=" + cursor), BodyHandlers.ofString());
      awaitAgentsHold(draining, 2);

      CountDownLatch hurry = new CountDownLatch(1);
      Thread drain =
          Thread.startVirtualThread(
              () -> draining.drain(wait -> wait.isPositive() && awaits(hurry, wait)));
      HttpResponse<String> answer = held.get(WELL_BEFORE_ITS_WAIT_S, TimeUnit.SECONDS);
      var next = http.send(poll(draining, "&wait=60&cursor=" + cursor), BodyHandlers.ofString());

      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      assertThat(JsonMapper.shared().readTree(answer.body()).path("events")).isEmpty();
      assertThat(next.statusCode()).as(next.body()).isEqualTo(503);
      assertThat(next.headers().firstValue("Retry-After")).isPresent();
      assertThat(stream.ended()).as("the stream's time has not come").isNull();
      hurry.countDown();
      drain.join();
    }
  }

  // ---- connections that have lasted long enough

  /** A poll ends by itself. */
  @Test
  void shouldEndStreamsAtTheEndOfTheirLifeWhoGoOnWhole() throws Exception {
    EdgeServer brief = anotherEdge("edge.connection.lifetime", "2s");
    Client.Resume start = start(brief, LASTING);
    write(LASTING, 0, 5);
    Map<ClientKind, Client> clients = new EnumMap<>(ClientKind.class);
    for (ClientKind kind : ClientKind.values()) {
      if (kind != ClientKind.POLL) {
        clients.put(kind, kind.open(target("drain.life", LASTING).at(brief.port()).from(start)));
      }
    }
    try {
      for (Map.Entry<ClientKind, Client> one : clients.entrySet()) {
        await(one.getKey() + " is ended")
            .atMost(PATIENCE)
            .untilAsserted(
                () ->
                    assertThat(one.getValue().ended())
                        .contains(end(one.getKey(), "time to reconnect")));
        assertIsToldWhenToComeBack(one.getKey(), one.getValue());
      }
      write(LASTING, 5, 8);
      for (Map.Entry<ClientKind, Client> one : clients.entrySet()) {
        assertGoesOnWhole(one.getKey(), one.getValue(), start);
      }
    } finally {
      clients.values().forEach(Client::close);
    }
  }

  private void assertGoesOnWhole(ClientKind kind, Client before, Client.Resume start)
      throws Exception {
    Client after = connect(kind, target("drain.life", LASTING).from(latest(start, before)));
    awaitLast(after, LASTING, "e7");

    List<String> all = new ArrayList<>(of(before, LASTING));
    all.addAll(of(after, LASTING));
    assertThat(all).as("%s", kind).isEqualTo(names(LASTING, 0, 8));
    assertThat(after.gaps()).as("%s", kind).isEmpty();
  }

  private Client.Resume start(EdgeServer at, String channel) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      String cursor = json(http, poll(at, "&channel=" + channel)).path("cursor").asString();
      return new Client.Resume(cursor, Map.of(channel, cursor));
    }
  }

  /** Where it came, or where it started when it was ended before it heard of anything. */
  private static Client.Resume latest(Client.Resume start, Client client) {
    Client.Resume resume = client.resume();
    Map<String, String> ofChannels = new HashMap<>(start.ofChannels());
    ofChannels.putAll(resume.ofChannels());
    return new Client.Resume(
        resume.cursor().isEmpty() ? start.cursor() : resume.cursor(), ofChannels);
  }

  // ---- what an end looks like

  private static String end(ClientKind kind, String reason) {
    String code = reason.equals("shutdown") ? "1001 " : "4001 ";
    return switch (kind) {
      case SSE -> "end of stream";
      case SSE_OKHTTP -> "closed";
      case POLL -> "503 ";
      case SOCKET_JSON, SOCKET_PROTO, SOCKET_OKHTTP_JSON, SOCKET_OKHTTP_PROTO -> code + reason;
    };
  }

  /** OkHttp keeps what it is told to itself, and a poll has it in a header. */
  private static void assertIsToldWhenToComeBack(ClientKind kind, Client client) {
    if (kind != ClientKind.SSE_OKHTTP && kind != ClientKind.POLL) {
      assertThat(client.comeBackAfterMs())
          .as("%s", kind)
          .singleElement(InstanceOfAssertFactories.LONG)
          .isPositive();
    }
  }

  /** Waits until the delivery agents know so many, who until then might be newcomers. */
  private static void awaitAgentsHold(EdgeServer server, int connections) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(
                        operator(server, "/dump")
                            .body()
                            .lines()
                            .filter(line -> line.matches("\\S+: connections \\d+"))
                            .mapToInt(line -> Integer.parseInt(line.replaceAll(".* ", "")))
                            .sum())
                    .isEqualTo(connections));
  }

  private static HttpRequest poll(EdgeServer at, String query) {
    return HttpRequest.newBuilder(
            URI.create(
                "http://127.0.0.1:%d/v1/poll?access_token=%s%s"
                    .formatted(at.port(), Tokens.subscribing("drain.poll", "*"), query)))
        .build();
  }

  private static JsonNode json(HttpClient http, HttpRequest request) throws Exception {
    return JsonMapper.shared().readTree(http.send(request, BodyHandlers.ofString()).body());
  }

  private static boolean awaits(CountDownLatch hurry, Duration wait) {
    try {
      return hurry.await(wait.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      return true;
    }
  }

  private static String ready(EdgeServer server) throws Exception {
    HttpResponse<String> response = operator(server, "/readyz");
    return response.statusCode() + " " + response.body();
  }

  private static HttpResponse<String> operator(EdgeServer server, String path) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:%d%s".formatted(server.operatorPort(), path));
      return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }
  }
}
