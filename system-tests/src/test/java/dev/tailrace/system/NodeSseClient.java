package dev.tailrace.system;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The npm package {@code eventsource} on the Node that is installed. It comes from the class path,
 * so that neither npm nor a network is needed: the last of its second major version as a WebJar,
 * which no newer one is, and a newer one from the test's own resources.
 */
final class NodeSseClient implements SseClient {
  static final String MISSING = "no Node: install nodejs";

  /** Versions of the package that a program may use. */
  enum Edition {
    SECOND("import EventSource from 'eventsource';"),
    FOURTH("import {EventSource} from 'eventsource';");

    private final String statement;

    Edition(String statement) {
      this.statement = statement;
    }

    String version() throws IOException {
      Matcher version = VERSION.matcher(text(path("eventsource") + "package.json"));
      if (!version.find()) {
        throw new IOException("no version of " + this);
      }
      return version.group(1);
    }

    private void copyTo(Path modules) throws IOException {
      if (this == SECOND) {
        copy("eventsource", "lib/eventsource.js", modules);
      } else {
        copy("eventsource", "dist/index.js", modules);
        copy("eventsource-parser", "dist/index.js", modules);
      }
    }

    private void copy(String name, String file, Path modules) throws IOException {
      for (String each : List.of("package.json", file)) {
        Path to = modules.resolve(name).resolve(each);
        Files.createDirectories(to.getParent());
        Files.writeString(to, text(path(name) + each));
      }
    }

    private String path(String name) {
      return this == SECOND
          ? "META-INF/resources/webjars/" + name + "/2.0.2/"
          : "npm/" + name + "/";
    }
  }

  private static final Pattern VERSION = Pattern.compile("\"version\": *\"([^\"]+)\"");
  private static final String SCRIPT =
      """

      const source = new EventSource(process.argv[2]);
      const tell = ({type, lastEventId, data}) => console.log([type, lastEventId, data].join('\\t'));
      ['message', 'tailrace.cursor', 'tailrace.gap'].forEach(
          (type) => source.addEventListener(type, tell));
      """;

  private final Process process;
  private final List<Told> told = new CopyOnWriteArrayList<>();

  private NodeSseClient(Process process) {
    this.process = process;
    Thread.startVirtualThread(() -> process.inputReader().lines().forEach(this::onLine));
  }

  /** Where Node is, if anywhere. */
  static Optional<Path> node() {
    return Installed.find(List.of("node", "nodejs"));
  }

  /**
   * Starts it.
   *
   * @param folder takes what it consists of
   */
  static NodeSseClient start(Path node, Edition edition, Path folder, String url)
      throws IOException {
    Path own = folder.resolve(edition.name());
    edition.copyTo(own.resolve("node_modules"));
    Path script = own.resolve("client.mjs");
    Files.writeString(script, edition.statement + SCRIPT);
    return new NodeSseClient(
        new ProcessBuilder(node.toString(), script.toString(), url)
            .redirectError(own.resolve("client.err").toFile())
            .start());
  }

  private static String text(String resource) throws IOException {
    try (InputStream in = NodeSseClient.class.getClassLoader().getResourceAsStream(resource)) {
      return new String(
          Objects.requireNonNull(in, resource).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private void onLine(String line) {
    String[] parts = line.split("\t", 3);
    told.add(new Told(parts[0], parts[1], parts[2]));
  }

  @Override
  public List<Told> told() {
    return told;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
