package dev.tailrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.edge.client.Client;
import dev.tailrace.edge.client.ClientKind;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
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
                assertThat(scrape().lines())
                    .contains(
                        "tailrace_edge_tail_records_total 3.0",
                        "tailrace_edge_tail_wanted_records_total 3.0",
                        "tailrace_edge_tail_duplicate_records_total 0.0",
                        "tailrace_edge_wasted_records_ratio 0.0",
                        "tailrace_edge_tail_partitions 3.0")
                    .anyMatch(line -> isOf("kafka_consumer_", "edge-tail-0", line))
                    .anyMatch(line -> isOf("kafka_consumer_", "edge-catchup-0", line))
                    .anyMatch(line -> isOf("kafka_producer_", "edge-publish", line)));
  }

  private static boolean isOf(String prefix, String clientId, String line) {
    return line.startsWith(prefix) && line.contains("client_id=\"" + clientId + "\"");
  }

  private static String scrape() throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI metrics = URI.create("http://127.0.0.1:" + edge.operatorPort() + "/metrics");
      return http.send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString()).body();
    }
  }
}
