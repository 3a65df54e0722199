package dev.tailrace.system;

import dev.tailrace.dispatcher.Dispatcher;
import dev.tailrace.edge.EdgeServer;
import dev.tailrace.infra.kafka.EmbeddedKafka;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.kafka.KafkaSettings;
import dev.tailrace.support.lifecycle.LifecycleStack;
import dev.tailrace.support.net.FreePorts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;

/**
 * Kafka, and dispatcher and one edge in this JVM, with {@code dev} on. Dispatcher and edge can be
 * stopped and started again, the edge on the same port.
 *
 * <p>Threading: one test thread.
 */
final class Platform implements AutoCloseable {
  private static final String HOST = "127.0.0.1";
  private static final Duration READY_WITHIN = Duration.ofSeconds(60);

  private final LifecycleStack parts = new LifecycleStack();
  private final Settings settings;
  private final int edgePort = FreePorts.one();
  private final int operatorPort = FreePorts.one();
  private AutoCloseable dispatcher = () -> {};
  private AutoCloseable edge = () -> {};

  private Platform(AutoCloseable kafka, Settings settings) {
    parts.push("broker", kafka);
    this.settings = settings;
  }

  /** Starts all parts on an embedded broker and waits until events get through. */
  static Platform start() throws Exception {
    EmbeddedKafka kafka = EmbeddedKafka.start();
    return start(kafka, kafka.bootstrapServers());
  }

  /** Starts the other parts on this Kafka, which then ends with them. */
  static Platform start(AutoCloseable kafka, String bootstrapServers) throws Exception {
    return start(
        kafka, Settings.of(Map.of("dev", "true", "kafka.bootstrap.servers", bootstrapServers)));
  }

  /** Starts the other parts with these settings, which name a Kafka that then ends with them. */
  static Platform start(AutoCloseable kafka, Settings settings) throws Exception {
    Platform platform = new Platform(kafka, settings);
    try {
      platform.parts.push("dispatcher", () -> platform.dispatcher.close());
      platform.startDispatcher();
      platform.parts.push("edge", () -> platform.edge.close());
      platform.startEdge();
      return platform;
    } catch (Exception | Error e) {
      platform.close();
      throw e;
    }
  }

  /** Where Kafka's clients connect. */
  String bootstrapServers() {
    return KafkaSettings.from(settings).bootstrapServers();
  }

  /** Where browsers connect. */
  String baseUrl() {
    return "http://%s:%d".formatted(HOST, edgePort);
  }

  /** Where the edge's operators look. */
  String operatorUrl() {
    return "http://%s:%d".formatted(HOST, operatorPort);
  }

  void stopDispatcher() throws Exception {
    dispatcher.close();
    dispatcher = () -> {};
  }

  void startDispatcher() {
    dispatcher = Dispatcher.start(settings.with("dispatcher.operator.port", "0"));
  }

  void stopEdge() throws Exception {
    edge.close();
    edge = () -> {};
  }

  void startEdge() throws Exception {
    edge =
        EdgeServer.start(
            settings
                .with("edge.port", Integer.toString(edgePort))
                .with("edge.operator.port", Integer.toString(operatorPort)));
    Awaitility.await("the edge and, behind it, the dispatcher are ready")
        .atMost(READY_WITHIN)
        .ignoreExceptions()
        .until(() -> status("http://%s:%d/readyz".formatted(HOST, operatorPort)) == 200);
  }

  private static int status(String url) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(5)).build();
      return client.send(request, BodyHandlers.discarding()).statusCode();
    }
  }

  @Override
  public void close() {
    parts.close();
  }
}
