package dev.tailrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.edge.client.Client;
import dev.tailrace.edge.client.ClientKind;
import dev.tailrace.edge.encoding.EncodingKey;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a running edge shows at {@code /metrics}. */
class MetricsIT extends EdgeFixture {
  private static final int EVENTS = 3;

  @Test
  void shouldShowWhatTailAndKafkasClientsDid() throws Exception {
    Client client = connect(ClientKind.SSE, target("mia", "scores"));
    write("scores", 0, EVENTS);
    awaitEvents(client, EVENTS);

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(scrape(edge).lines())
                    .contains(
                        "tailrace_edge_tail_records_total 3.0",
                        "tailrace_edge_tail_wanted_records_total 3.0",
                        "tailrace_edge_tail_duplicate_records_total 0.0",
                        "tailrace_edge_wasted_records_ratio 0.0",
                        "tailrace_edge_tail_partitions 3.0",
                        "tailrace_edge_ready 1.0")
                    .anyMatch(line -> isOf("kafka_consumer_", "edge-tail-0", line))
                    .anyMatch(line -> isOf("kafka_consumer_", "edge-catchup-0", line))
                    .anyMatch(line -> isOf("kafka_producer_", "edge-publish", line)));
  }

  @Test
  void shouldEncodeAnEventOnceForAllWhoReadIt() throws Exception {
    EdgeServer shared = anotherEdge();
    List<Client> readers = new ArrayList<>();
    for (ClientKind kind : ClientKind.values()) {
      for (int i = 0; i < 3; i++) {
        readers.add(connect(kind, target("mia", "encoded").at(shared.port())));
      }
    }

    write("encoded", 0, EVENTS);
    for (Client reader : readers) {
      awaitEvents(reader, EVENTS);
    }

    List<String> encodings =
        scrape(shared).lines().filter(line -> line.contains("edge_encodings_total{")).toList();
    assertThat(encodings)
        .as("all but bare data, which no client here asks for")
        .hasSize(EncodingKey.values().length - 1)
        .allMatch(line -> line.endsWith("} 3.0"));
  }

  private static boolean isOf(String prefix, String clientId, String line) {
    return line.startsWith(prefix) && line.contains("client_id=\"" + clientId + "\"");
  }

  private static String scrape(EdgeServer of) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI metrics = URI.create("http://127.0.0.1:" + of.operatorPort() + "/metrics");
      return http.send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString()).body();
    }
  }
}
