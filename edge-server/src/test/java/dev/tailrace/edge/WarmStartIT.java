package dev.tailrace.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.client.Client;
import dev.tailrace.edge.client.ClientKind;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An edge that has read the lanes back answers from memory what it has never delivered. */
class WarmStartIT extends EdgeFixture {
  private static final String SCANNED = "tailrace_edge_catchup_scanned_bytes_total ";

  @ParameterizedTest
  @EnumSource(ClientKind.class)
  void shouldResumeWithoutKafkaOnAnEdgeThatHasJustStarted(ClientKind kind) throws Exception {
    String channel = "warm." + kind;
    Client before = connect(kind, target("warm.user", channel));
    write(channel, 0, 3);
    awaitEvents(before, 3);
    before.close();
    write(channel, 3, 10);
    EdgeServer warm = anotherEdge("edge.warm.window", "60s");
    write(channel, 10, 13);

    Client after =
        connect(kind, target("warm.user", channel).at(warm.port()).from(before.resume()));
    awaitEvents(after, 10);

    assertThat(of(after, channel)).isEqualTo(names(channel, 3, 13));
    assertThat(after.gaps()).isEmpty();
    assertThat(scannedBytes(warm)).isZero();
  }

  @ParameterizedTest
  @EnumSource(ClientKind.class)
  void shouldBeginAtThePresentForWhoHasNoCursor(ClientKind kind) throws Exception {
    String channel = "present." + kind;
    write(channel, 0, 5);
    EdgeServer warm = anotherEdge("edge.warm.window", "60s");

    Client client = connect(kind, target("warm.user", channel).at(warm.port()));
    write(channel, 5, 8);
    awaitEvents(client, 3);

    assertThat(of(client, channel)).isEqualTo(names(channel, 5, 8));
  }

  private static double scannedBytes(EdgeServer server) throws Exception {
    URI metrics = URI.create("http://127.0.0.1:%d/metrics".formatted(server.operatorPort()));
    try (HttpClient http = HttpClient.newHttpClient()) {
      List<String> lines =
          http.send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString())
              .body()
              .lines()
              .toList();
      String line = lines.stream().filter(one -> one.startsWith(SCANNED)).findAny().orElseThrow();
      return Double.parseDouble(line.substring(SCANNED.length()));
    }
  }
}
