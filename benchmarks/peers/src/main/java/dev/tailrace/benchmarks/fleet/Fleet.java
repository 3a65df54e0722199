package dev.tailrace.benchmarks.fleet;

import dev.tailrace.benchmarks.BenchException;
import dev.tailrace.benchmarks.KafkaLoadPublisher;
import dev.tailrace.benchmarks.LoadPlan;
import dev.tailrace.benchmarks.peers.Child;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.net.FreePorts;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A broker, a dispatcher and edges, each in a process of its own that is started by {@code
 * ./tailrace} as a user does.
 *
 * <p>Threading: one thread's.
 */
final class Fleet implements AutoCloseable {
  private static final String HOST = "127.0.0.1";
  private static final String CORES = "0-1";

  private final Path root;
  private final Path folder;
  private final String bootstrap;
  private final List<Child> children = new ArrayList<>();
  private final HttpClient http = HttpClient.newHttpClient();
  private int dispatchers;
  private int edges;

  /** An edge that runs. */
  record Edge(Child process, InetSocketAddress address, int operatorPort) {}

  /**
   * Starts broker and dispatcher.
   *
   * @param root of the source tree
   * @param folder for what they print
   */
  Fleet(Path root, Path folder) {
    this.root = root;
    this.folder = folder;
    int port = FreePorts.one();
    bootstrap = HOST + ":" + port;
    try {
      start("broker", "broker", List.of("--broker-port=" + port)).awaitPort(port);
      startDispatcher();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** A dispatcher that runs. */
  record Dispatcher(Child process, int operatorPort) {}

  /** Starts one more dispatcher. */
  Dispatcher startDispatcher() {
    int operator = FreePorts.one();
    Child child =
        start(
            "dispatcher-" + ++dispatchers,
            "dispatcher",
            List.of(
                "--dev=true",
                "--kafka-bootstrap-servers=" + bootstrap,
                "--dispatcher-operator-port=" + operator));
    awaitReady(operator);
    return new Dispatcher(child, operator);
  }

  private Child start(String name, String part, List<String> arguments) {
    List<String> command = new ArrayList<>(List.of(root.resolve("tailrace").toString(), part));
    command.addAll(arguments);
    Child child = Child.start(name, CORES, folder, command);
    children.add(child);
    return child;
  }

  /** Starts one more edge, with these settings too. */
  Edge startEdge(Map<String, String> settings) {
    int port = FreePorts.one();
    int operator = FreePorts.one();
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--dev=true",
                "--kafka-bootstrap-servers=" + bootstrap,
                "--edge-port=" + port,
                "--edge-public-url=http://%s:%d".formatted(HOST, port),
                "--edge-operator-port=" + operator,
                "--edge-max-connections=19000"));
    settings.forEach((key, value) -> arguments.add("--" + key.replace('.', '-') + "=" + value));
    Child process = start("edge-" + ++edges, "edge", arguments);
    awaitReady(operator);
    return new Edge(process, new InetSocketAddress(HOST, port), operator);
  }

  private void awaitReady(int operatorPort) {
    for (int attempt = 0; attempt < 600; attempt++) {
      try {
        if (get(operatorPort, "/readyz").statusCode() == 200) {
          return;
        }
      } catch (IOException e) {
        // Not yet.
      }
      Figures.pause(100);
    }
    throw new BenchException("a part of the fleet did not become ready: see " + folder);
  }

  /** What an edge says of itself: the sum of all series of this name. */
  double metric(Edge edge, String name) {
    return metric(edge.operatorPort(), name);
  }

  /** The same of whoever has this operator port. */
  double metric(int operatorPort, String name) {
    try {
      return get(operatorPort, "/metrics")
          .body()
          .lines()
          .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
          .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
          .sum();
    } catch (IOException e) {
      throw new BenchException("no metrics: " + e.getMessage(), e);
    }
  }

  private java.net.http.HttpResponse<String> get(int port, String path) throws IOException {
    try {
      return http.send(
          HttpRequest.newBuilder(URI.create("http://%s:%d%s".formatted(HOST, port, path))).build(),
          BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchException("interrupted", e);
    }
  }

  /** Where the edge says that this user is best served: host and port of a URL, or nothing. */
  String locate(Edge asked, String user) {
    try {
      return get(asked.address().getPort(), "/v1/locate?user=" + user)
          .body()
          .replaceAll("\\{\"url\":\"(?:http://)?([^\"]*)\".*", "$1");
    } catch (IOException e) {
      throw new BenchException("the edge does not answer: " + e.getMessage(), e);
    }
  }

  /** Writes to the ingress topic. */
  KafkaLoadPublisher publisher(LoadPlan plan) {
    return KafkaLoadPublisher.connect(Map.of("bootstrap.servers", bootstrap), Topics.EVENTS, plan);
  }

  @Override
  public void close() {
    for (int i = children.size() - 1; i >= 0; i--) {
      children.get(i).close();
    }
    http.close();
  }
}
