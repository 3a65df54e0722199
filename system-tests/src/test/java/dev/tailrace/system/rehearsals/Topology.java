package dev.tailrace.system.rehearsals;

import static org.awaitility.Awaitility.await;

import dev.tailrace.support.lifecycle.LifecycleStack;
import dev.tailrace.support.net.FreePorts;
import dev.tailrace.system.Crowd;
import dev.tailrace.system.Identities;
import dev.tailrace.system.OperatorConsole;
import dev.tailrace.system.faults.BrokerProcesses;
import dev.tailrace.system.faults.ClusterHealth;
import dev.tailrace.system.faults.Servers;
import dev.tailrace.testing.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import okhttp3.tls.HandshakeCertificates;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/**
 * What {@code infra/compose/compose.yaml} describes, each part a process on this machine: with the
 * variables that stand there, but for addresses, ports and folders, and a drain that is not waited
 * for so long. Besides there is room for one more dispatcher and one more edge.
 *
 * <p>Threading: one test thread.
 */
final class Topology implements AutoCloseable {
  private static final String LOOPBACK = "127.0.0.1";
  private static final String SECRETS = "/run/secrets/";
  private static final String KAFKA = "KAFKA_";

  /** Between two events: there is little of a machine for each of so many processes. */
  private static final long EVERY_US = 30_000;

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

  private final LifecycleStack parts = new LifecycleStack();
  private final Path folder = Files.createTempDirectory("tailrace-topology-");
  private final ComposeFile compose = ComposeFile.read();
  private final HttpClient http = HttpClient.newHttpClient();
  private BrokerProcesses brokers;
  private final Part dispatchers;
  private final Part edges;
  private final int proxyPort = FreePorts.one();
  private final Map<String, String> proxyEnvironment;
  private @Nullable Proxy proxy;
  private @Nullable Admin admin;

  /** The processes of one part, and what they are started with. */
  private final class Part {
    private final String name;
    private final Servers servers;
    private final List<String> names;
    private final List<Integer> ports;
    private final List<Integer> operatorPorts;
    private final List<Build> builds = new ArrayList<>();
    private final List<Map<String, String>> changes = new ArrayList<>();

    Part(String name, Build build) {
      this.name = name;
      names = new ArrayList<>(compose.servicesOf(name));
      names.add(name + "-" + (names.size() + 1));
      ports = FreePorts.some(names.size());
      operatorPorts = FreePorts.some(names.size());
      List<Servers.Launch> launches = new ArrayList<>();
      for (int i = 0; i < names.size(); i++) {
        int which = i;
        builds.add(build);
        changes.add(new HashMap<>());
        launches.add(() -> launch(which));
      }
      servers = new Servers(name + " started", launches);
    }

    private ServerProcess launch(int which) throws IOException {
      Map<String, String> environment = environment(which);
      environment.putAll(changes.get(which));
      return builds.get(which).start(environment, name);
    }

    /** The one more is as the first, by another name. */
    private Map<String, String> environment(int which) {
      String described =
          compose.servicesOf(name).contains(names.get(which)) ? names.get(which) : names.getFirst();
      String prefix = "TAILRACE_" + name.toUpperCase(Locale.ROOT);
      Map<String, String> environment = new HashMap<>();
      compose
          .environment(described)
          .forEach((key, value) -> environment.put(key, value.replace(SECRETS, secrets() + "/")));
      environment.replace("TAILRACE_KAFKA_BOOTSTRAP_SERVERS", brokers.bootstrapServers());
      environment.replace(prefix + "_NAME", names.get(which));
      environment.replace(prefix + "_PORT", Integer.toString(ports.get(which)));
      environment.replace(prefix + "_OPERATOR_PORT", Integer.toString(operatorPorts.get(which)));
      environment.replace(prefix + "_PROXIES", LOOPBACK);
      environment.replaceAll((key, value) -> key.endsWith("_HOST") ? LOOPBACK : value);
      environment.put("TAILRACE_EDGE_DRAIN_DELAY", "2s");
      environment.put("TAILRACE_EDGE_DRAIN_WINDOW", "3s");
      return environment;
    }

    private void start(int which) throws Exception {
      servers.start(which);
      awaitReady(which);
    }

    private void awaitReady(int which) {
      await(names.get(which) + " is ready")
          .atMost(PATIENCE)
          .pollInterval(LOOK_AGAIN)
          .ignoreExceptions()
          .until(() -> get(operatorPorts.get(which), "/readyz").statusCode() == 200);
    }

    /** All that the file names. */
    private List<Integer> named() {
      return Stream.iterate(0, i -> i < names.size() - 1, i -> i + 1).toList();
    }
  }

  /** Nothing of it runs yet. */
  Topology(Build build) throws IOException, InterruptedException {
    makeSecrets();
    brokers = parts.push("brokers", new BrokerProcesses(List.of(), brokerProperties()));
    dispatchers = new Part("dispatcher", build);
    parts.push("dispatchers", dispatchers.servers);
    edges = new Part("edge", build);
    parts.push("edges", edges.servers);
    proxyEnvironment = proxyEnvironment();
  }

  /** All of it, which serves. */
  static Topology start(Build build) throws Exception {
    Topology topology = new Topology(build);
    try {
      topology.startAll();
      return topology;
    } catch (Exception | Error e) {
      topology.close();
      throw e;
    }
  }

  void startAll() throws Exception {
    startBrokers();
    for (Part part : List.of(dispatchers, edges)) {
      for (int which : part.named()) {
        part.servers.begin(which);
      }
    }
    for (Part part : List.of(dispatchers, edges)) {
      part.servers.await();
      part.named().forEach(part::awaitReady);
    }
    startProxy();
    awaitHealthy();
  }

  private void makeSecrets() throws IOException, InterruptedException {
    Process script =
        new ProcessBuilder(
                ComposeFile.FOLDER.resolve("make-secrets").toString(), secrets().toString())
            .inheritIO()
            .start();
    if (script.waitFor() != 0) {
      throw new IllegalStateException("make-secrets failed");
    }
  }

  /** What the image of Kafka makes properties of, but for where things are. */
  private Map<String, String> brokerProperties() {
    List<String> places =
        List.of(
            "listener",
            "log.dirs",
            "node.id",
            "process.roles",
            "controller",
            "heap.opts",
            "broker.rack",
            "advertised");
    Map<String, String> properties = new HashMap<>();
    compose
        .environment("kafka-1")
        .forEach(
            (key, value) -> {
              String name = key.replace(KAFKA, "").toLowerCase(Locale.ROOT).replace('_', '.');
              if (key.startsWith(KAFKA) && places.stream().noneMatch(name::contains)) {
                properties.put(name, value);
              }
            });
    // A broker that is silent for 3 s is taken for dead: three times sooner than by default.
    properties.put("broker.session.timeout.ms", "3000");
    properties.put("broker.heartbeat.interval.ms", "500");
    return properties;
  }

  private Map<String, String> proxyEnvironment() {
    Map<String, String> environment = new HashMap<>(compose.environment("proxy"));
    environment.replace("PROXY_LISTEN", LOOPBACK + ":" + proxyPort);
    for (int i = 0; i < edges.names.size(); i++) {
      environment.put("EDGE_" + (i + 1), LOOPBACK + ":" + edges.ports.get(i));
      environment.put(
          "EDGE_%d_OPERATOR_PORT".formatted(i + 1), Integer.toString(edges.operatorPorts.get(i)));
    }
    return environment;
  }

  void startBrokers() throws IOException {
    brokers.servers().start();
    admin =
        parts.push(
            "admin",
            Admin.create(
                Map.of("bootstrap.servers", bootstrapServers(), "request.timeout.ms", 5_000)));
  }

  /**
   * A second cluster, on which whatever is started from now on goes.
   *
   * @return where the first one is
   */
  String startOtherBrokers() throws IOException {
    String before = bootstrapServers();
    brokers = parts.push("other brokers", new BrokerProcesses(List.of(), brokerProperties()));
    startBrokers();
    return before;
  }

  void startDispatcher(int which) throws Exception {
    dispatchers.start(which);
  }

  void startEdge(int which) throws Exception {
    edges.start(which);
  }

  /** Returns when it has an edge to send clients to. */
  void startProxy() throws IOException {
    Proxy started = Proxy.start(folder, proxyConfiguration(), proxyEnvironment);
    proxy = parts.push("proxy", started);
    await("the proxy has an edge")
        .failFast("HAProxy has ended: see its log in " + folder, started::hasFailed)
        .atMost(PATIENCE)
        .pollInterval(LOOK_AGAIN)
        .ignoreExceptions()
        .until(() -> get(proxyPort, "/v1/events").statusCode() == 401);
  }

  static String proxyConfiguration() throws IOException {
    return Files.readString(ComposeFile.FOLDER.resolve("haproxy.cfg"));
  }

  Proxy proxy() {
    if (proxy == null) {
      throw new IllegalStateException("the proxy does not run");
    }
    return proxy;
  }

  Admin admin() {
    if (admin == null) {
      throw new IllegalStateException("Kafka does not run");
    }
    return admin;
  }

  Servers brokers() {
    return brokers.servers();
  }

  Servers dispatchers() {
    return dispatchers.servers;
  }

  Servers edges() {
    return edges.servers;
  }

  /** How many of them the file names: the number of the one more. */
  int moreDispatchers() {
    return dispatchers.names.size() - 1;
  }

  /** How many of them the file names: the number of the one more. */
  int moreEdges() {
    return edges.names.size() - 1;
  }

  /** When all replicas are in sync and the dispatchers that run share the ingress topics. */
  void awaitHealthy() {
    ClusterHealth.await(
        admin(),
        (int)
            Stream.iterate(0, i -> i < dispatchers.names.size(), i -> i + 1)
                .filter(dispatchers.servers::runs)
                .count());
  }

  /** What all dispatchers and edges are started with from now on, over what the file says. */
  void change(String variable, String value) {
    Stream.of(dispatchers, edges)
        .flatMap(part -> part.changes.stream())
        .forEach(changes -> changes.put(variable, value));
  }

  /** A command of this build, with the variables of the first edge; returns when it ends. */
  Ended tailrace(String... arguments) throws IOException, InterruptedException {
    Map<String, String> environment = edges.environment(0);
    environment.putAll(edges.changes.getFirst());
    ServerProcess process = Build.current().start(environment, arguments);
    int code = process.awaitExit();
    return new Ended(code, process.output());
  }

  /** A command that has ended. */
  record Ended(int code, String output) {
    /** What it said, if it has done what it was to do. */
    String done() {
      if (code != 0) {
        throw new AssertionError("exit code " + code + ": " + output);
      }
      return output;
    }
  }

  /** SIGTERM, and this build, or what was changed, in its place. */
  void replaceDispatcher(int which, Build build) throws Exception {
    var _ = dispatchers.servers.terminate(which);
    dispatchers.builds.set(which, build);
    startDispatcher(which);
    awaitHealthy();
  }

  /** SIGTERM, after which it drains, and this build, or what was changed, in its place. */
  void replaceEdge(int which, Build build) throws Exception {
    var _ = edges.servers.terminate(which);
    edges.builds.set(which, build);
    startEdge(which);
  }

  /** Tells an edge to drain, at the console of another, and waits for its end. */
  void drainByConsole(int which) throws Exception {
    String order =
        "{\"process\":\"%s\",\"instance\":\"%s\"}"
            .formatted(edges.names.get(which), instance(which));
    int other = which == 0 ? 1 : 0;
    try (OperatorConsole console =
        new OperatorConsole(edges.operatorPorts.get(other), secret("console-token"))) {
      String done = console.act("drain", order);
      if (!done.contains("is told to drain")) {
        throw new AssertionError(done);
      }
    }
    int code = edges.servers.awaitEnd(which);
    if (code != 0) {
      throw new AssertionError("exit code " + code);
    }
  }

  /** Clients of all transports by the proxy, with tokens. */
  Crowd crowd(String name) throws IOException {
    return crowd(name, Identities.byToken(secret("token-secret")));
  }

  /** The same, who say in this way who they are. */
  Crowd crowd(String name, UnaryOperator<String> identity) {
    return new Crowd(name, bootstrapServers(), List.of(url()), EVERY_US, identity);
  }

  /** Where clients connect. */
  String url() {
    return "http://%s:%d".formatted(LOOPBACK, proxyPort);
  }

  /** Where clients of one edge connect. */
  String edgeUrl(int which) {
    return "http://%s:%d".formatted(LOOPBACK, edges.ports.get(which));
  }

  String bootstrapServers() {
    return brokers.bootstrapServers();
  }

  /** This run of an edge, as its dump says. */
  private String instance(int edge) throws IOException, InterruptedException {
    String bearer = "Bearer " + secret("operator-token");
    return get(edgeOperatorPort(edge), "/dump", "Authorization", bearer)
        .body()
        .lines()
        .filter(line -> line.startsWith("instance "))
        .findFirst()
        .orElseThrow()
        .substring("instance ".length());
  }

  /** The sum of a metric of an edge. */
  double metric(int edge, String name) throws IOException, InterruptedException {
    String bearer = "Bearer " + secret("operator-token");
    return get(edgeOperatorPort(edge), "/metrics", "Authorization", bearer)
        .body()
        .lines()
        .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  int edgeOperatorPort(int which) {
    return edges.operatorPorts.get(which);
  }

  int dispatcherOperatorPort(int which) {
    return dispatchers.operatorPorts.get(which);
  }

  /** The folder that holds a file for each secret. */
  Path secrets() {
    return folder.resolve("secrets");
  }

  String secret(String name) throws IOException {
    return Files.readString(secrets().resolve(name)).strip();
  }

  /** Another secret in its file. */
  void replaceSecret(String name, String value) throws IOException {
    Files.delete(secrets().resolve(name));
    Files.writeString(secrets().resolve(name), value);
  }

  /** A token of this user with all grants. */
  String token(String user) throws IOException {
    return Identities.token(user, secret("token-secret"));
  }

  /** A page of a channel's history, asked for by the proxy. */
  HttpResponse<String> history(String channel, String token, String more)
      throws IOException, InterruptedException {
    return get(
        proxyPort, "/v1/history?channel=%s&access_token=%s%s".formatted(channel, token, more));
  }

  /** A stream of the first edge, which has the TLS itself. */
  TlsStream tlsStream(HandshakeCertificates trust, String channel) throws IOException {
    return new TlsStream(
        trust.sslSocketFactory(),
        edges.ports.getFirst(),
        "/v1/events?channel=%s&access_token=%s".formatted(channel, token("ann")));
  }

  /** An answer on loopback. */
  HttpResponse<String> get(int port, String path, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://%s:%d%s".formatted(LOOPBACK, port, path)))
            .timeout(Duration.ofSeconds(5));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), BodyHandlers.ofString());
  }

  @Override
  public void close() throws IOException {
    parts.close();
    http.shutdownNow();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
