package dev.tailrace.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.tailrace.edge.auth.Tokens;
import dev.tailrace.edge.client.Client;
import dev.tailrace.edge.client.ClientKind;
import dev.tailrace.edge.client.Target;
import dev.tailrace.v1.Event;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Kafka goes away while clients are read for from the past, and comes back. */
class CatchUpOutageIT extends EdgeFixture {
  private static final int EVENTS = 300;
  private static final byte[] LARGE = new byte[100_000];
  private static final Pattern SCANNED =
      Pattern.compile("(?m)^tailrace_edge_catchup_scanned_bytes_total (\\S+)");

  private final List<Client> late = new ArrayList<>();

  @AfterEach
  void bringKafkaBack() {
    late.forEach(Client::close);
    kafka.resume();
  }

  @Test
  void shouldGoOnWhereItWasWhenKafkaGoesAwayHalfWay() throws Exception {
    String channel = "outage.halfway";
    for (int i = 0; i < EVENTS; i++) {
      lanes.toChannel(
          channel,
          Event.newBuilder()
              .setId("e" + i)
              .setContentType("a/b")
              .setData(ByteString.copyFrom(LARGE))
              .build());
    }
    EdgeServer fresh = anotherEdge("edge.log.bytes", "1m", "edge.http.idle.timeout", "10m");
    String token = Tokens.subscribing("outage", "*");
    try (StuckSubscriber slow =
        StuckSubscriber.open(fresh.port(), token, channel + "&since=earliest")) {
      List<String> ids = new ArrayList<>(slow.readIdsUntil("e5"));

      kafka.pause();
      assertThat(scannedBytes(fresh)).isBetween(1.0, (double) (EVENTS - 50) * LARGE.length);
      CompletableFuture<List<String>> rest = new CompletableFuture<>();
      Thread.startVirtualThread(
          () -> {
            try {
              rest.complete(slow.readIdsUntil("e" + (EVENTS - 1)));
            } catch (Exception e) {
              rest.completeExceptionally(e);
            }
          });
      kafka.resume();

      ids.addAll(rest.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
      assertThat(ids).isEqualTo(IntStream.range(0, EVENTS).mapToObj(i -> "e" + i).toList());
    }
  }

  private static double scannedBytes(EdgeServer server) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI metrics = URI.create("http://127.0.0.1:" + server.operatorPort() + "/metrics");
      String body =
          http.send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString()).body();
      Matcher scanned = SCANNED.matcher(body);
      assertThat(scanned.find()).as(body).isTrue();
      return Double.parseDouble(scanned.group(1));
    }
  }

  @Test
  void shouldCatchUpWhoCameBackWhileKafkaWasAway() throws Exception {
    String channel = "outage.return";
    Target target = target("outage.user", channel);
    Map<ClientKind, Client.Resume> cursors = new EnumMap<>(ClientKind.class);
    for (ClientKind kind : ClientKind.values()) {
      Client before = connect(kind, target);
      cursors.put(kind, before.resume());
      before.close();
    }
    write(channel, 0, 30);
    EdgeServer fresh = anotherEdge();

    kafka.pause();
    Map<ClientKind, Client> back = new EnumMap<>(ClientKind.class);
    for (ClientKind kind : ClientKind.values()) {
      Client client = kind.open(target.at(fresh.port()).from(cursors.get(kind)));
      late.add(client);
      back.put(kind, client);
    }
    kafka.resume();

    write(channel, 30, 35);
    back.forEach(
        (kind, client) -> {
          awaitEvents(client, 35);
          assertThat(of(client, channel)).as("%s", kind).isEqualTo(names(channel, 0, 35));
          assertThat(client.gaps()).as("%s", kind).isEmpty();
        });
  }
}
