package dev.tailrace.dispatcher;

import static dev.tailrace.dispatcher.DispatcherTesting.awaitWhole;
import static dev.tailrace.dispatcher.DispatcherTesting.settings;
import static dev.tailrace.dispatcher.DispatcherTesting.startReady;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tailrace.support.config.SettingException;
import dev.tailrace.testing.ServerProcess;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class OperatorPortIT {
  private static final String TOKEN = "0123456789abcdef";

  @RegisterExtension private final FreshTopics kafka = new FreshTopics();

  private static boolean isAllRead(String metrics) {
    return metrics.contains("tailrace_dispatcher_dead_letters_total{reason=\"no_address\"} 1.0")
        && metrics.contains("tailrace_dispatcher_records_routed_total 30.0")
        && metrics.contains("tailrace_dispatcher_lag_records 0.0");
  }

  @Test
  void shouldTellHowItIs() throws Exception {
    try (Dispatcher dispatcher = startReady(settings(kafka.bootstrapServers(), Map.of()));
        Ingress ingress = new Ingress(kafka.bootstrapServers())) {
      ingress.spread(30);
      ingress.raw(0, new byte[0]);
      ingress.flush();
      awaitWhole(kafka.bootstrapServers(), ingress);
      await("the one that is no event is read, too")
          .atMost(Duration.ofSeconds(60))
          .until(() -> get(dispatcher, "/metrics").body(), OperatorPortIT::isAllRead);

      assertThat(get(dispatcher, "/healthz").body()).isEqualTo("ok\n");
      HttpResponse<String> ready = get(dispatcher, "/readyz");
      assertThat(ready.statusCode()).isEqualTo(200);
      assertThat(ready.body())
          .startsWith("ready\ndispatcher-pump-0: RUNNING\n")
          .contains("tailrace.events-0: RUNNING", "tailrace.events-2: RUNNING");
      String metrics = get(dispatcher, "/metrics").body();
      assertThat(metrics)
          .contains("tailrace_dispatcher_records_routed_total 30.0")
          .contains("tailrace_dispatcher_dead_letters_total{reason=\"no_address\"} 1.0")
          .contains("tailrace_dispatcher_latency_seconds_count")
          .contains("tailrace_dispatcher_in_flight_bytes")
          .contains("tailrace_dispatcher_restarts_total 0.0")
          .contains("tailrace_dispatcher_ready 1.0")
          .contains("tailrace_dispatcher_lag_records 0.0")
          .contains("tailrace_dispatcher_pumps{state=\"running\"} 1.0")
          .contains("tailrace_dispatcher_pumps{state=\"clock_refused\"} 0.0")
          .contains("tailrace_dispatcher_clock_seconds 1.")
          .contains("process_files_max_files ")
          .contains(
              "kafka_consumer_fetch_manager_records_consumed_total{client_id=\"dispatcher-pump-0\"")
          .contains("kafka_producer_record_send_total{client_id=\"dispatcher-pump-0-lanes\"");
      assertThat(get(dispatcher, "/dump").body())
          .contains("slot map 1: 2 user partitions, 3 channel partitions")
          .contains("tailrace.events-1: RUNNING, position 10");
      assertThat(get(dispatcher, "/other").statusCode()).isEqualTo(404);
      assertThat(get(dispatcher, "/v1/locate?user=42").body())
          .isEqualTo("{\"url\":\"\",\"alternatives\":[],\"ttl_ms\":10000}");
      assertThat(get(dispatcher, "/v1/locate").statusCode()).isEqualTo(400);
      assertThat(get(dispatcher, "/v1/locate?user=%20").body()).contains("\"code\":\"bad_user\"");
      assertThat(get(dispatcher, "/v1/locate?user=42&zone=%22").statusCode()).isEqualTo(400);
      assertThat(get(dispatcher, "/v1/locate?user=%FF").statusCode()).isEqualTo(400);
      assertThat(post(dispatcher, "/readyz").statusCode()).isEqualTo(405);
    }
  }

  @Test
  void shouldAskForTheTokenAndShowNoSecret() throws Exception {
    Map<String, String> secured = Map.of("operator.token", TOKEN, "kafka.ssl.key.password", TOKEN);
    try (Dispatcher dispatcher = startReady(settings(kafka.bootstrapServers(), secured))) {
      for (String path : List.of("/metrics", "/dump", "/v1/locate?user=42", "/other")) {
        HttpResponse<String> refused = get(dispatcher, path);
        assertThat(refused.statusCode()).as(path).isEqualTo(401);
        assertThat(refused.headers().firstValue("WWW-Authenticate"))
            .contains("Bearer realm=\"operator\"");
        assertThat(get(dispatcher, path, TOKEN + "0").statusCode()).as(path).isEqualTo(401);
      }
      assertThat(get(dispatcher, "/healthz").statusCode()).isEqualTo(200);
      assertThat(get(dispatcher, "/readyz").statusCode()).isEqualTo(200);
      HttpResponse<String> dump = get(dispatcher, "/dump", TOKEN);
      assertThat(dump.body())
          .contains("operator.token = (secret)", "kafka.ssl.key.password = (secret)")
          .contains("dispatcher.pumps = 1 (default)")
          .doesNotContain(TOKEN);
      assertThat(dump.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    }
  }

  @Test
  void shouldNotServeTheWorldWithoutATokenOrConsent() {
    Map<String, String> open = Map.of("dispatcher.operator.host", "0.0.0.0");
    assertThatThrownBy(() -> Dispatcher.start(settings(kafka.bootstrapServers(), open)))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("dispatcher.operator.host: 0.0.0.0 is not a loopback address")
        .hasMessageContaining("operator.token");
    Map<String, String> plain =
        Map.of("dispatcher.operator.host", "0.0.0.0", "operator.token", TOKEN);
    assertThatThrownBy(() -> Dispatcher.start(settings(kafka.bootstrapServers(), plain)))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("dispatcher.operator.host: 0.0.0.0 is not a loopback address")
        .hasMessageContaining("operator.plaintext=true");
  }

  @Test
  void shouldSayInOneLineThatThePortIsTaken() throws Exception {
    try (Dispatcher first = startReady(settings(kafka.bootstrapServers(), Map.of()))) {
      String taken = Integer.toString(first.operatorPort());
      assertThatThrownBy(
              () ->
                  Dispatcher.start(
                      settings(
                          kafka.bootstrapServers(), Map.of("dispatcher.operator.port", taken))))
          .hasMessageContaining("port " + taken + " on 127.0.0.1 cannot be used")
          .hasMessageContaining("--dispatcher-operator-port");
    }
  }

  @Test
  void shouldRunAsAProcessAndStopInOrder() throws Exception {
    Map<String, String> settings = new HashMap<>(settings(kafka.bootstrapServers()));
    try (ServerProcess process =
        ServerProcess.start(DispatcherMain.class, settings).awaitOutput("dispatcher ready")) {
      assertThat(process.output()).contains("dispatcher ready: Kafka " + kafka.bootstrapServers());
      assertThat(process.terminate()).isEqualTo(143);
    }
    settings.put("dispatcher.pumsp", "1");
    try (ServerProcess misspelt = ServerProcess.start(DispatcherMain.class, settings)) {
      assertThat(misspelt.awaitExit()).isEqualTo(1);
      assertThat(misspelt.output())
          .isEqualTo(
              "dispatcher: unknown setting dispatcher.pumsp (flag --dispatcher-pumsp); did you mean"
                  + " dispatcher.pumps?\n");
    }
  }

  private static HttpResponse<String> get(Dispatcher dispatcher, String path) throws Exception {
    return send(dispatcher, path, "GET", "");
  }

  private static HttpResponse<String> get(Dispatcher dispatcher, String path, String token)
      throws Exception {
    return send(dispatcher, path, "GET", "Bearer " + token);
  }

  private static HttpResponse<String> post(Dispatcher dispatcher, String path) throws Exception {
    return send(dispatcher, path, "POST", "");
  }

  private static HttpResponse<String> send(
      Dispatcher dispatcher, String path, String method, String authorization) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + dispatcher.operatorPort() + path);
      return client.send(
          HttpRequest.newBuilder(uri)
              .method(method, HttpRequest.BodyPublishers.noBody())
              .header("Authorization", authorization)
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }
}
