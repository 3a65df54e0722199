package dev.tailrace.infra.local;

import dev.tailrace.dispatcher.config.TopicConfig;
import dev.tailrace.edge.http.HttpConfig;
import dev.tailrace.edge.publish.PublishConfig;
import dev.tailrace.infra.kafka.EmbeddedKafkaCluster;
import dev.tailrace.infra.local.network.BadNetwork;
import dev.tailrace.support.config.Setting;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.kafka.IngressSettings;
import dev.tailrace.support.lifecycle.LifecycleStack;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * The supervisor of {@code tailrace dev}: starts broker, dispatcher and edge as processes that
 * share nothing but Kafka's address, waits until each is ready, keeps a sample producer going, and
 * stops all of it in reverse order - on a signal, or when one of them ends unasked.
 *
 * <p>Threading: runs on the main thread.
 */
public final class DevStack {
  /** How the broker's ready line begins; the address follows, or those of all, with commas. */
  public static final String BROKER_READY = "broker ready: ";

  private static final Duration LONGEST_START = Duration.ofMinutes(2);
  private static final Duration TURN = Duration.ofMillis(100);

  /** Several brokers hand over to each other what they lead, and may take so much longer. */
  private static final Duration LAST_BROKERS_STOP = Duration.ofSeconds(6);

  /** A process that a signal to the whole group ended is no failure: ours is then on its way. */
  private static final Duration SIGNAL_GRACE = Duration.ofSeconds(1);

  /** Errors, and our own warnings: Kafka's clients and broker warn of every new beginning. */
  private static final Pattern WORTH_SHOWING =
      Pattern.compile("^[0-9:.]+ (ERROR .*|WARN  (d|dev)\\.t[.a].*)");

  private final String mainClass;
  private final Settings settings;
  private final List<String> arguments;
  private final StopSignal signal;
  private final PrintWriter out;
  private final List<ChildProcess> children = new ArrayList<>();

  /**
   * A stack that has not been started.
   *
   * @param mainClass of the children, whose first argument is the part to run
   * @param arguments settings as flags, handed on to every child
   */
  public DevStack(
      String mainClass,
      Settings settings,
      List<String> arguments,
      StopSignal signal,
      PrintWriter out) {
    this.mainClass = mainClass;
    this.settings = settings;
    this.arguments = List.copyOf(arguments);
    this.signal = signal;
    this.out = out;
  }

  /**
   * Runs until a signal comes.
   *
   * @throws StackException when a part cannot be started or ends unasked
   */
  public void run() {
    DevPorts ports = DevPorts.from(settings);
    Path logs = logFolder();
    try (LifecycleStack running = new LifecycleStack()) {
      CompletableFuture<String> brokers = new CompletableFuture<>();
      start(running, logs, "broker", List.of("--broker-port=" + ports.broker()), brokers::complete);
      await("broker", brokers::isDone);
      String kafka = brokers.getNow("127.0.0.1:" + ports.broker()); // without an answer it stops
      List<String> shared = List.of("--kafka-bootstrap-servers=" + kafka, "--dev=true");
      start(running, logs, "dispatcher", dispatcherFlags(ports, shared), address -> {});
      start(running, logs, "edge", edgeFlags(ports, shared), address -> {});
      await("dispatcher", readiness(ports.dispatcherOperator()));
      int rate = settings.get(DevSettings.SAMPLE_RATE);
      if (rate > 0 && !signal.isRequested()) {
        running.push("sample producer", SampleProducer.start(kafka, ingressTopic(), rate));
      }
      await("edge", readiness(ports.edgeOperator()));
      if (!signal.isRequested() && !DevBanner.isTls(settings)) {
        running.push("bad network", network(ports));
      }
      if (!signal.isRequested()) {
        DevBanner.lines(settings, ports, kafka, logs).forEach(this::say);
      }
      while (!signal.await(TURN)) {
        requireAllAlive();
      }
      say("stopping");
      if (settings.get(BrokerSettings.COUNT) > 1) {
        signal.allow(LAST_BROKERS_STOP);
      }
    }
    say("stopped");
  }

  private BadNetwork network(DevPorts ports) {
    String host = settings.get(HttpConfig.HOST);
    InetAddress any = new InetSocketAddress(host, 0).getAddress();
    boolean everywhere = any == null || any.isAnyLocalAddress();
    try {
      return BadNetwork.open(
          ports.network(), new InetSocketAddress(everywhere ? "127.0.0.1" : host, ports.edge()));
    } catch (IOException e) {
      throw StackException.impossible(
          "port %d is taken: choose another one (%s)"
              .formatted(ports.network(), DevSettings.NETWORK_PORT.flagName()));
    }
  }

  private List<String> dispatcherFlags(DevPorts ports, List<String> shared) {
    List<String> flags = new ArrayList<>(shared);
    flags.add("--dispatcher-operator-port=" + ports.dispatcherOperator());
    int replicas = Math.min(settings.get(BrokerSettings.COUNT), EmbeddedKafkaCluster.MOST_REPLICAS);
    addDefault(flags, TopicConfig.REPLICATION, replicas);
    addDefault(flags, TopicConfig.MIN_ISR, EmbeddedKafkaCluster.minInSync(replicas));
    return flags;
  }

  private void addDefault(List<String> flags, Setting<Integer> setting, int value) {
    if (!settings.has(setting)) {
      flags.add(setting.flagName() + "=" + value);
    }
  }

  private List<String> edgeFlags(DevPorts ports, List<String> shared) {
    List<String> flags = new ArrayList<>(shared);
    if (!settings.has(PublishConfig.TOPIC)) {
      flags.add(PublishConfig.TOPIC.flagName() + "=" + ingressTopic());
    }
    flags.add("--edge-port=" + ports.edge());
    flags.add("--edge-operator-port=" + ports.edgeOperator());
    return flags;
  }

  /** Where the samples go, and what clients publish. */
  private String ingressTopic() {
    return settings.get(IngressSettings.TOPICS).getFirst();
  }

  private Path logFolder() {
    Path folder = Path.of(settings.get(DevSettings.LOGS));
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw StackException.impossible(
          "the folder %s cannot be written to: choose another one (%s)"
              .formatted(folder, DevSettings.LOGS.flagName()));
    }
  }

  private void start(
      LifecycleStack running,
      Path logs,
      String part,
      List<String> flags,
      Consumer<String> onBrokers) {
    if (signal.isRequested()) {
      return;
    }
    int brokers = part.equals("broker") ? settings.get(BrokerSettings.COUNT) : 1;
    say("starting " + (brokers == 1 ? "the " + part : "%d brokers".formatted(brokers)));
    List<String> all = new ArrayList<>(arguments);
    all.addAll(flags);
    ChildProcess child =
        ChildProcess.start(
            part,
            JavaCommand.of(mainClass, part, all, settings.get(DevSettings.QUICK_START)),
            logs.resolve(part + ".log"),
            line -> {
              if (line.startsWith(BROKER_READY)) {
                onBrokers.accept(line.substring(BROKER_READY.length()));
              } else if (WORTH_SHOWING.matcher(line).matches()) {
                say("[" + part + "] " + line);
              }
            });
    children.add(running.push(part, child));
    if (brokers > 1) {
      child.allow(LAST_BROKERS_STOP);
    }
  }

  private void await(String part, BooleanSupplier ready) {
    long turns = LONGEST_START.dividedBy(TURN);
    while (!signal.isRequested() && !ready.getAsBoolean()) {
      requireAllAlive();
      if (turns-- == 0) {
        throw StackException.broken(
            "the %s was not ready within %d s".formatted(part, LONGEST_START.toSeconds()));
      }
      signal.await(TURN);
    }
    if (!signal.isRequested()) {
      say("the " + part + " is ready");
    }
  }

  private BooleanSupplier readiness(int operatorPort) {
    URI readyz = URI.create("http://127.0.0.1:%d/readyz".formatted(operatorPort));
    return () -> {
      try {
        HttpURLConnection connection = (HttpURLConnection) readyz.toURL().openConnection();
        connection.setConnectTimeout(1_000);
        connection.setReadTimeout(5_000);
        return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
      } catch (IOException e) {
        return false;
      }
    };
  }

  private void requireAllAlive() {
    for (ChildProcess child : children) {
      if (!child.isAlive() && !signal.await(SIGNAL_GRACE)) {
        throw ended(child);
      }
    }
  }

  private StackException ended(ChildProcess child) {
    List<String> lines = child.lastLines();
    String own = "tailrace " + child.name() + ": ";
    if (child.exitCode() == 2) {
      return StackException.impossible(
          lines.stream()
              .filter(line -> line.startsWith(own))
              .map(line -> line.substring(own.length()))
              .findFirst()
              .orElse("the " + child.name() + " could not be started"));
    }
    lines.forEach(line -> say("[" + child.name() + "] " + line));
    return StackException.broken(
        "the %s ended with code %d; its last lines are above"
            .formatted(child.name(), child.exitCode()));
  }

  private synchronized void say(String line) {
    out.println(line);
    out.flush();
  }
}
