package dev.tailrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.edge.client.Client;
import dev.tailrace.edge.client.ClientKind;
import dev.tailrace.edge.client.Target;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An edge that stops gently, and its clients, who go on at another. */
class DrainIT extends EdgeFixture {
  @ParameterizedTest
  @EnumSource(ClientKind.class)
  void shouldLoseNothingForWhoGoesOnElsewhere(ClientKind kind) throws Exception {
    String channel = "drain." + kind;
    EdgeServer draining = anotherEdge("edge.drain.delay", "200ms", "edge.drain.window", "1s");
    Target target = target("drain.user", channel).at(draining.port());
    Client before = connect(kind, target);
    write(channel, 0, 5);
    awaitEvents(before, 5);
    Thread drain =
        Thread.startVirtualThread(
            () -> draining.drain(wait -> awaits(new CountDownLatch(1), wait)));
    if (kind != ClientKind.POLL) {
      await().atMost(PATIENCE).until(() -> before.ended() != null);
    }
    drain.join();
    draining.close();
    before.close();
    write(channel, 5, 8);

    Client after = connect(kind, target.at(edge.port()).from(before.resume()));
    awaitLast(after, channel, "e7");

    List<String> all = new ArrayList<>(of(before, channel));
    all.addAll(of(after, channel));
    assertThat(all).isEqualTo(names(channel, 0, 8));
    assertThat(after.gaps()).isEmpty();
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
    connect(ClientKind.SSE, target("drain.at.once").at(draining.port()));

    draining.drain(
        wait -> {
          throw new AssertionError("nothing is waited for");
        });

    assertThat(draining.longestDrain()).isZero();
    assertThat(draining.connections()).isEqualTo(1);
  }

  private static boolean awaits(CountDownLatch hurry, Duration wait) {
    try {
      return hurry.await(wait.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      return true;
    }
  }

  private static String ready(EdgeServer server) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:%d/readyz".formatted(server.operatorPort()));
      var response = http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
      return response.statusCode() + " " + response.body();
    }
  }
}
