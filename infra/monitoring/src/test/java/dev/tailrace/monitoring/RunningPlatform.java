package dev.tailrace.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.dispatcher.Dispatcher;
import dev.tailrace.edge.EdgeServer;
import dev.tailrace.infra.kafka.EmbeddedKafka;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.lifecycle.LifecycleStack;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import okhttp3.tls.HeldCertificate;

/**
 * A broker, a dispatcher and two edges, one of them with TLS, and what clients do there: so that
 * each series exists that there can be.
 *
 * <p>Threading: one test thread.
 */
final class RunningPlatform implements AutoCloseable {
  private static final String CURSOR = "\"cursor\":\"";

  private final LifecycleStack parts = new LifecycleStack();
  private final HttpClient http = HttpClient.newHttpClient();
  private final Dispatcher dispatcher;
  private final EdgeServer edge;
  private final EdgeServer secure;

  RunningPlatform(Path folder) throws IOException {
    parts.push("client", http::shutdownNow);
    try {
      EmbeddedKafka kafka = parts.push("broker", EmbeddedKafka.start());
      Map<String, String> settings = new HashMap<>();
      settings.put("dev", "true");
      settings.put("kafka.bootstrap.servers", kafka.bootstrapServers());
      settings.put("dispatcher.operator.port", "0");
      settings.put("edge.port", "0");
      settings.put("edge.operator.port", "0");
      dispatcher = parts.push("dispatcher", Dispatcher.start(Settings.of(settings)));
      edge = parts.push("edge", EdgeServer.start(Settings.of(settings)));
      HeldCertificate certificate = new HeldCertificate.Builder().build();
      settings.put("edge.tls.certificate", write(folder, "crt", certificate.certificatePem()));
      settings.put("edge.tls.key", write(folder, "key", certificate.privateKeyPkcs8Pem()));
      secure = parts.push("secure edge", EdgeServer.start(Settings.of(settings)));
    } catch (IOException | RuntimeException e) {
      parts.close();
      throw e;
    }
  }

  private static String write(Path folder, String name, String pem) throws IOException {
    return Files.writeString(folder.resolve(name), pem).toString();
  }

  /** Where the edges' metrics are. */
  List<String> edges() {
    return List.of("127.0.0.1:" + edge.operatorPort(), "127.0.0.1:" + secure.operatorPort());
  }

  /** Where the dispatcher's are. */
  String dispatcher() {
    return "127.0.0.1:" + dispatcher.operatorPort();
  }

  /** Somebody follows a channel, is disconnected, comes back, and goes on where he was. */
  void comeAndGo() throws Exception {
    String cursor;
    try (Stream<String> stream = follow("")) {
      Iterator<String> lines = stream.iterator();
      await(lines::next, "data: {\"cursor\"");
      publish();
      cursor = cursorOf(await(lines::next, "\"type\":\"goal\""));
      post(edge.operatorPort(), "/console/api/disconnect", "{\"user\":\"42\"}");
      await(lines::next, "retry:");
    }
    publish();
    try (Stream<String> stream = follow("&cursor=" + cursor)) {
      Iterator<String> lines = stream.iterator();
      await(lines::next, "\"type\":\"goal\"");
    }
    System.gc(); // of pauses there is nothing before the first
  }

  /** An event is published, and delivered to whoever follows. */
  void publish() throws Exception {
    post(
        edge.port(),
        "/v1/publish?user=42",
        "{\"channels\":[\"scores\"],\"type\":\"goal\",\"data\":{}}");
  }

  private Stream<String> follow(String from) throws Exception {
    URI uri =
        URI.create(
            "http://127.0.0.1:%d/v1/events?user=42&channel=scores%s".formatted(edge.port(), from));
    return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofLines()).body();
  }

  private void post(int port, String path, String json) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json))
            .build();
    HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  private static String cursorOf(String event) {
    int start = event.indexOf(CURSOR) + CURSOR.length();
    return event.substring(start, event.indexOf('"', start));
  }

  private static String await(Supplier<String> lines, String wanted) {
    return Stream.generate(lines).filter(line -> line.contains(wanted)).findFirst().orElseThrow();
  }

  @Override
  public void close() {
    parts.close();
  }
}
