package dev.tailrace.infra.local;

import dev.tailrace.dispatcher.Dispatcher;
import dev.tailrace.edge.EdgeServer;
import dev.tailrace.infra.kafka.EmbeddedKafka;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.lifecycle.LifecycleStack;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * All parts at once in this JVM, from their start to the first event at a client. What this loads
 * is what {@code tailrace dev} loads; the build lets the JVM archive it, and those of {@code dev}
 * start from the archive.
 *
 * <p>Threading: the caller's.
 */
public final class Rehearsal {
  private static final int LONGEST_WAIT_MS = 30_000;
  private static final long LONGEST_RUN_S = 90;

  private Rehearsal() {}

  /**
   * Runs it on free ports. If it hangs, the process is ended: a build waits for it.
   *
   * @throws IOException when no event came
   */
  public static void run() throws IOException {
    CompletableFuture.delayedExecutor(LONGEST_RUN_S, TimeUnit.SECONDS)
        .execute(() -> Runtime.getRuntime().halt(1));
    try (LifecycleStack running = new LifecycleStack()) {
      EmbeddedKafka kafka = running.push("broker", EmbeddedKafka.start());
      Settings settings =
          Settings.of(
              Map.of(
                  "kafka.bootstrap.servers", kafka.bootstrapServers(),
                  "dev", "true",
                  "dispatcher.operator.port", "0",
                  "edge.port", "0",
                  "edge.operator.port", "0"));
      running.push("dispatcher", Dispatcher.start(settings));
      EdgeServer edge = running.push("edge", EdgeServer.start(settings));
      running.push(
          "sample producer", SampleProducer.start(kafka.bootstrapServers(), Topics.EVENTS, 10));
      awaitEvent(URI.create("http://127.0.0.1:%d/v1/events?channel=scores".formatted(edge.port())));
    }
  }

  private static void awaitEvent(URI events) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) events.toURL().openConnection();
    connection.setReadTimeout(LONGEST_WAIT_MS);
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
      String line = lines.readLine();
      while (line != null && !line.startsWith("data: {\"channel\"")) {
        line = lines.readLine();
      }
      if (line == null) {
        throw new IOException("no event came");
      }
    }
  }
}
