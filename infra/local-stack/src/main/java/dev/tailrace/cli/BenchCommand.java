package dev.tailrace.cli;

import dev.tailrace.benchmarks.Bench;
import dev.tailrace.benchmarks.BenchException;
import dev.tailrace.benchmarks.BenchOutput;
import dev.tailrace.benchmarks.BenchResult;
import dev.tailrace.benchmarks.KafkaLoadPublisher;
import dev.tailrace.benchmarks.LoadPlan;
import dev.tailrace.benchmarks.ProcessProbe;
import dev.tailrace.benchmarks.TailraceTarget;
import dev.tailrace.benchmarks.TailraceTarget.Transport;
import dev.tailrace.edge.auth.AuthConfig;
import dev.tailrace.infra.local.StopSignal;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.kafka.KafkaSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Puts a load on an edge, through Kafka, and measures.
 *
 * <p>Threading: the main thread waits and watches; the load has threads of its own.
 */
@Command(
    name = "bench",
    description = {
      "Holds many connections to an edge, writes events to Kafka's ingress topic at an even rate,"
          + " and measures what arrives: latency from the moment an event was due, throughput,"
          + " loss, duplicates and order per connection, memory per connection, CPU and"
          + " allocation per delivery.",
      "Prints a summary, and writes bench.json and bench.html to a folder. Ends with 1 when"
          + " anything was lost, came twice or out of order."
    },
    footer = {
      "Examples, with ./tailrace dev --dev-sample-rate 0 --dev-quick-start false in another"
          + " terminal:",
      "  ./tailrace bench --connections 1000 --rate 100               one channel, all follow it",
      "  ./tailrace bench --transport websocket --personal --connections 5000 --rate 10000",
      "  ./tailrace bench --search --rate 50                          how much is too much?",
      "  ./tailrace bench --connect-only --connections 10000 --seconds 5 --pid edge=4711",
      "  ./tailrace bench --edge-alone --personal --connections 10000 --backlog 500000 --pid 4711",
      "How to read it, and how to measure well: benchmarks/README.md"
    })
final class BenchCommand extends ConfiguredCommand {
  private static final Duration TOKEN_TTL = Duration.ofHours(2);

  @Option(
      names = "--url",
      paramLabel = "URL",
      defaultValue = "http://127.0.0.1:8080",
      description = "The edge (default: ${DEFAULT-VALUE})")
  private URI url = URI.create("http://127.0.0.1:8080");

  @Option(
      names = "--bootstrap-servers",
      paramLabel = "HOST:PORT",
      description = "Kafka; short for --kafka-bootstrap-servers")
  private String bootstrapServers = "";

  @Option(
      names = "--topic",
      paramLabel = "TOPIC",
      defaultValue = Topics.EVENTS,
      description = "The ingress topic (default: ${DEFAULT-VALUE})")
  private String topic = Topics.EVENTS;

  @Option(
      names = "--transport",
      paramLabel = "TRANSPORT",
      defaultValue = "sse",
      description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  private Transport transport = Transport.SSE;

  @Option(
      names = "--connections",
      paramLabel = "N",
      defaultValue = "1000",
      description =
          "Connections to hold; a process may have 20,000 files open on most machines (default:"
              + " ${DEFAULT-VALUE})")
  private int connections;

  @Option(
      names = "--channels",
      paramLabel = "K",
      defaultValue = "1",
      description =
          "Channels bench-0 to bench-(K-1); connection i follows channel i mod K, event i goes to"
              + " channel i mod K (default: ${DEFAULT-VALUE})")
  private int channels;

  @Option(
      names = "--personal",
      description =
          "Events for users instead of channels: connection i is user bench-i, event i is for"
              + " user i mod N")
  private boolean personal;

  @Option(
      names = "--rate",
      paramLabel = "R",
      defaultValue = "100",
      description = "Events per second over all channels or users (default: ${DEFAULT-VALUE})")
  private int rate;

  @Option(
      names = "--payload",
      paramLabel = "BYTES",
      defaultValue = "256",
      description = "Length of each event's data (default: ${DEFAULT-VALUE})")
  private int payload;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "15",
      description = "How long to measure, or to hold idle connections (default: ${DEFAULT-VALUE})")
  private int seconds;

  @Option(
      names = "--warmup",
      paramLabel = "S",
      defaultValue = "5",
      description = "Load before anything is measured (default: ${DEFAULT-VALUE})")
  private int warmup;

  @Option(
      names = "--slow-share",
      paramLabel = "SHARE",
      defaultValue = "0",
      description =
          "Part of the connections, 0.01 for 1 %%, that read 1 KB/s; they are not measured"
              + " (default: ${DEFAULT-VALUE})")
  private double slowShare;

  @Option(
      names = "--churn",
      paramLabel = "C",
      defaultValue = "0",
      description = "Connections closed and opened again per second (default: ${DEFAULT-VALUE})")
  private int churn;

  @Option(
      names = "--opening",
      paramLabel = "N",
      defaultValue = "100",
      description = "Most connections being opened at once (default: ${DEFAULT-VALUE})")
  private int opening;

  @Option(
      names = "--connect-only",
      description = "Open the connections, hold them idle, and write nothing to Kafka")
  private boolean connectOnly;

  @Option(
      names = "--search",
      description =
          "From --rate on, find the highest rate with p99 <= 250 ms and 99.9 %% arrived; then"
              + " measure at half of it")
  private boolean search;

  @Option(
      names = "--edge-alone",
      description =
          "Write straight to the lanes, as a dispatcher does, to see what the edge can do without"
              + " one. On a platform that serves nobody else: its lanes keep these events")
  private boolean edgeAlone;

  @Option(
      names = "--backlog",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "With --edge-alone: hold the edge (SIGSTOP to the first --pid), write N events to the"
              + " lanes, let it go, and measure how fast they are delivered; --rate and --warmup"
              + " are of the load before that")
  private int backlog;

  @Option(
      names = "--pid",
      paramLabel = "[NAME=]PID",
      description =
          "A process to watch, the edge first: memory and CPU from /proc, heap by jcmd,"
              + " allocation and pauses by JMX. Repeatable: --pid edge=41 --pid dispatcher=42")
  private List<String> pids = new ArrayList<>();

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      description = "Where bench.json and bench.html go (default: bench-<time> in this folder)")
  private @Nullable Path out;

  private final Clock clock = Clock.systemUTC();

  @Override
  public Integer call() {
    Settings settings = settings();
    if (!bootstrapServers.isEmpty()) {
      settings = settings.with(KafkaSettings.BOOTSTRAP_SERVERS.key(), bootstrapServers);
    }
    requireOneMode();
    Instant started = clock.instant();
    try {
      LoadPlan plan = plan();
      TailraceTarget target =
          new TailraceTarget(url, transport, plan, identity(settings, plan, started));
      BenchResult result =
          BenchOutput.result(
              started, parameters(settings), findings(bench(target, plan), settings, plan));
      Path folder = out == null ? Path.of(BenchOutput.folderName(started)) : out;
      BenchOutput.write(folder, result);
      out().print(BenchOutput.summary(result));
      out().printf("%s%n%s%n", folder.resolve("bench.json"), folder.resolve("bench.html"));
      out().flush();
      return BenchOutput.isWhole(result) ? 0 : CommandException.FAILED;
    } catch (IllegalArgumentException e) {
      throw CommandException.usage(String.valueOf(e.getMessage()), e);
    } catch (BenchException e) {
      throw CommandException.failed(String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw CommandException.failed("the result cannot be written: " + e, e);
    }
  }

  private void requireOneMode() {
    if (connectOnly && search) {
      throw CommandException.usage("--connect-only and --search exclude each other");
    }
    if (backlog < 0) {
      throw CommandException.usage("--backlog is 0 or more");
    }
    if (backlog > 0 && (!edgeAlone || connectOnly || search || pids.isEmpty())) {
      throw CommandException.usage(
          "--backlog goes with --edge-alone and the --pid of the edge, and without --connect-only"
              + " and --search");
    }
    if (backlog > 0 && (churn > 0 || slowShare > 0)) {
      throw CommandException.usage("--backlog goes without --churn and --slow-share");
    }
  }

  private LoadPlan plan() {
    return new LoadPlan(
        connections,
        personal ? connections : channels,
        personal,
        rate,
        payload,
        seconds,
        warmup,
        slowShare,
        churn,
        opening);
  }

  private Bench bench(TailraceTarget target, LoadPlan plan) {
    StopSignal signal = stopSignal();
    List<ProcessProbe> probes = new ArrayList<>();
    for (String pid : pids) {
      probes.add(probe(pid, probes.isEmpty() ? "edge" : pid));
    }
    probes.add(new ProcessProbe("load", ProcessHandle.current().pid()));
    return new Bench(
        target,
        plan,
        probes,
        line -> {
          err().println(line);
          err().flush();
        },
        signal::await);
  }

  private static ProcessProbe probe(String text, String nameless) {
    int equals = text.indexOf('=');
    try {
      return new ProcessProbe(
          equals < 0 ? nameless : text.substring(0, equals),
          Long.parseLong(text.substring(equals + 1)));
    } catch (NumberFormatException e) {
      throw CommandException.usage("--pid is a process id, or name=id, not " + text, e);
    }
  }

  private Bench.Findings findings(Bench bench, Settings settings, LoadPlan plan) {
    if (connectOnly) {
      return bench.connectOnly();
    }
    Map<String, Object> kafka = KafkaSettings.from(settings).client("tailrace-bench", Map.of());
    try (KafkaLoadPublisher publisher =
        edgeAlone
            ? KafkaLoadPublisher.connectToLanes(kafka, plan)
            : KafkaLoadPublisher.connect(kafka, topic, plan)) {
      if (backlog > 0) {
        return bench.drain(publisher, backlog);
      }
      return search ? bench.search(publisher) : bench.load(publisher);
    }
  }

  /** The query parameter by which a connection says who it is. */
  private IntFunction<String> identity(Settings settings, LoadPlan plan, Instant now) {
    String secret = settings.get(AuthConfig.HMAC_SECRET);
    if (secret.isEmpty()) {
      return connection -> personal ? "user=" + TailraceTarget.addressName(connection) : "";
    }
    TokenSigner signer = new TokenSigner(secret);
    return connection ->
        "access_token="
            + signer.sign(
                TailraceTarget.addressName(connection),
                plan.personal()
                    ? List.of()
                    : List.of(TailraceTarget.addressName(plan.addressOf(connection))),
                List.of(),
                now,
                TOKEN_TTL);
  }

  private Map<String, Object> parameters(Settings settings) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("url", url.toString());
    parameters.put("bootstrap_servers", settings.get(KafkaSettings.BOOTSTRAP_SERVERS));
    parameters.put("topic", topic);
    parameters.put("transport", transport.toString());
    parameters.put("connections", connections);
    parameters.put("channels", personal ? 0 : channels);
    parameters.put("personal", personal);
    parameters.put("identity", settings.get(AuthConfig.HMAC_SECRET).isEmpty() ? "user" : "token");
    parameters.put("rate", rate);
    parameters.put("payload", payload);
    parameters.put("seconds", seconds);
    parameters.put("warmup", warmup);
    parameters.put("slow_share", slowShare);
    parameters.put("churn", churn);
    parameters.put("opening", opening);
    parameters.put("connect_only", connectOnly);
    parameters.put("search", search);
    parameters.put("edge_alone", edgeAlone);
    parameters.put("backlog", backlog);
    parameters.put("pid", pids);
    return parameters;
  }
}
