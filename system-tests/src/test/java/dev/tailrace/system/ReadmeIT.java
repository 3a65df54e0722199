package dev.tailrace.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs the examples of the README, the protocol's pages and the guide as they stand, against a
 * platform with the sample events that {@code tailrace dev} has: what they show must come.
 */
class ReadmeIT {
  private static final Duration LONGEST = Duration.ofSeconds(15);
  private static final String CURL =
      "curl() { command curl -s --max-time %d \"$@\"; }%n".formatted(LONGEST.toSeconds());

  private static Platform platform;
  private static SampleFlow samples;

  @BeforeAll
  static void startPlatform() throws Exception {
    platform = Platform.start();
    samples = SampleFlow.start(platform.bootstrapServers());
  }

  @AfterAll
  static void stopPlatform() {
    if (samples != null) {
      samples.close();
    }
    if (platform != null) {
      platform.close();
    }
  }

  static List<DocExample> runs() throws IOException {
    return examples(DocExample.Kind.RUN);
  }

  static List<DocExample> conversations() throws IOException {
    return examples(DocExample.Kind.SOCKET);
  }

  private static List<DocExample> examples(DocExample.Kind kind) throws IOException {
    List<DocExample> examples = new ArrayList<>();
    for (Path page : DocExample.pages()) {
      DocExample.of(page).stream().filter(e -> e.kind() == kind).forEach(examples::add);
    }
    return examples;
  }

  @Test
  void shouldFindTheReadmesExamples() throws IOException {
    assertThat(DocExample.of(Docs.root().resolve("README.md")))
        .extracting(DocExample::mark)
        .contains("follow", "publish", "poll and resume", "/v1/socket?user=42");
  }

  @ParameterizedTest
  @MethodSource("runs")
  void shouldShowWhatReallyComes(DocExample example) throws Exception {
    assumeTrue(isOnPath("curl") && isOnPath("bash"), "no curl or no bash on the PATH");
    ShownOutput output = run(example);
    // How many samples come between two commands is the machine's to say.
    for (int again = 0; again < 2 && !output.isComplete(); again++) {
      output = run(example);
    }
    assertThat(output.isComplete()).as(output::missing).isTrue();
  }

  private static ShownOutput run(DocExample example) throws IOException {
    String script = CURL + example.commands().replace(DocExample.EDGE, platform.baseUrl());
    Process shell =
        new ProcessBuilder("bash", "-c", script)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    ShownOutput output = new ShownOutput(example.shown());
    try (BufferedReader lines = shell.inputReader(StandardCharsets.UTF_8)) {
      String line = lines.readLine();
      while (line != null && !output.add(line)) {
        line = lines.readLine();
      }
    } finally {
      shell.descendants().forEach(ProcessHandle::destroy);
      shell.destroy();
    }
    return output;
  }

  @ParameterizedTest
  @MethodSource("conversations")
  void shouldConverseAsShown(DocExample example) throws Exception {
    BlockingQueue<String> frames = new LinkedBlockingQueue<>();
    URI socket = URI.create(platform.baseUrl().replace("http:", "ws:") + example.mark());
    try (HttpClient client = HttpClient.newHttpClient()) {
      WebSocket connection =
          client
              .newWebSocketBuilder()
              .subprotocols("tailrace.v1.json")
              .buildAsync(socket, new FrameCollector(frames))
              .get(LONGEST.toSeconds(), TimeUnit.SECONDS);
      try {
        for (String line : example.shown()) {
          String frame = line.substring(2);
          if (line.startsWith("> ")) {
            connection.sendText(frame, true).get(LONGEST.toSeconds(), TimeUnit.SECONDS);
          } else {
            awaitFrame(frame, frames);
          }
        }
      } finally {
        connection.abort();
      }
    }
  }

  @Test
  void shouldServeTheOperatorsPages() throws Exception {
    assertThat(operatorPage("/healthz")).contains("alive");
    assertThat(operatorPage("/readyz")).contains("\"dispatcher\"");
    assertThat(operatorPage("/metrics")).contains("tailrace_edge_delivered_events_total");
    assertThat(operatorPage("/dump")).contains("== tail", "== catch-up", "== delivery 0");
  }

  private static String operatorPage(String path) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI page = URI.create(platform.operatorUrl() + path);
      return client.send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString()).body();
    }
  }

  /** Others may come before it: samples, or an event ahead of the word that it was published. */
  private static void awaitFrame(String frame, BlockingQueue<String> frames) throws Exception {
    ShownOutput expected = new ShownOutput(List.of(frame));
    List<String> others = new ArrayList<>();
    long deadlineNs = System.nanoTime() + LONGEST.toNanos(); // samples come without an end
    while (!expected.isComplete()) {
      String next = frames.poll(deadlineNs - System.nanoTime(), TimeUnit.NANOSECONDS);
      assertThat(next).as(expected::missing).isNotNull();
      if (!expected.add(next)) {
        others.add(next);
      }
    }
    frames.addAll(others);
  }

  private static boolean isOnPath(String program) {
    return List.of(System.getenv("PATH").split(File.pathSeparator)).stream()
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  /** Puts the parts of a message together, one call after the other. */
  private static final class FrameCollector implements WebSocket.Listener {
    private final BlockingQueue<String> frames;
    private final StringBuilder partial = new StringBuilder();

    FrameCollector(BlockingQueue<String> frames) {
      this.frames = frames;
    }

    @Override
    public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
      partial.append(data);
      if (last) {
        frames.add(partial.toString());
        partial.setLength(0);
      }
      webSocket.request(1);
      return null;
    }
  }
}
