package dev.tailrace.system;

import dev.tailrace.testing.history.ClientLog;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** The client in the Node that is installed, with the WebSocket that Node has behind a flag. */
final class NodeWebClient extends WebClient {
  private final Process process;

  /**
   * Starts it.
   *
   * @param folder takes what it consists of
   * @param options of {@code connect}, as JSON
   */
  NodeWebClient(
      Path folder, ClientLog log, String origin, String user, List<String> channels, String options)
      throws IOException {
    super(log, user, channels);
    Files.createDirectories(folder);
    Files.copy(WebClientFiles.MODULE, folder.resolve("tailrace.js"));
    for (String name : List.of("follow.js", "follow.mjs")) {
      try (InputStream in = NodeWebClient.class.getResourceAsStream("/client/" + name)) {
        Files.copy(Objects.requireNonNull(in, name), folder.resolve(name));
      }
    }
    Files.writeString(folder.resolve("package.json"), "{\"type\":\"module\"}");
    process =
        new ProcessBuilder(
                NodeSseClient.node().orElseThrow().toString(),
                "--no-warnings",
                "--experimental-websocket",
                folder.resolve("follow.mjs").toString(),
                origin,
                options,
                WebClientFiles.names(channels))
            .redirectError(folder.resolve("client.err").toFile())
            .start();
    Thread.startVirtualThread(() -> process.inputReader().lines().forEach(this::onLine));
  }

  private void onLine(String line) {
    int tab = line.indexOf('\t');
    told(line.substring(0, tab), line.substring(tab + 1));
  }

  @Override
  void look() {
    // It comes by itself.
  }

  @Override
  void call(String method) {
    try {
      process.outputWriter().write(method + "\n");
      process.outputWriter().flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
