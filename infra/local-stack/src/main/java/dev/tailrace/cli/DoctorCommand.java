package dev.tailrace.cli;

import dev.tailrace.cli.console.Cells;
import dev.tailrace.cli.console.ConsoleAddress;
import dev.tailrace.cli.console.ConsoleClient;
import dev.tailrace.cli.doctor.EdgeChecks;
import dev.tailrace.cli.doctor.Finding;
import dev.tailrace.cli.doctor.Finding.Level;
import dev.tailrace.cli.doctor.KafkaChecks;
import dev.tailrace.cli.doctor.MachineChecks;
import dev.tailrace.cli.doctor.ProxyChecks;
import dev.tailrace.cli.doctor.PublicAccess;
import dev.tailrace.dispatcher.config.DispatcherConfig;
import dev.tailrace.edge.delivery.DeliveryConfig;
import dev.tailrace.support.config.Settings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Looks at all that a fleet rests on, and says how to mend what is wrong.
 *
 * <p>Threading: the main thread prints; the looks have virtual threads.
 */
@Command(
    name = "doctor",
    description = {
      "Looks at Kafka, its brokers' settings, the topics, clocks, edges, what is in front of them,"
          + " and this machine. Says of each what is wrong and how to mend it. Changes nothing.",
      "Ends with 1 when there is a problem; warnings alone do not count."
    },
    footer = {
      "Examples:",
      "  ./tailrace doctor --dev --user 42                      with ./tailrace dev running",
      "  ./tailrace doctor --kafka-bootstrap-servers kafka-1:9092 --edge http://10.0.0.6:8090 \\",
      "      --public-url https://live.example.com --channel scores --idle 70s",
      "  ./tailrace doctor --output json | jq '.findings[] | select(.level == \"problem\")'",
      "Give it the settings of your dispatchers and edges (--config): it holds against those."
    })
final class DoctorCommand extends ConfiguredCommand {
  private static final URI EDGE = URI.create("http://127.0.0.1:8090");

  @Option(
      names = "--edge",
      paramLabel = "URL",
      description =
          "An operator port, of an edge or a dispatcher. Repeatable (default:"
              + " http://127.0.0.1:8090)")
  private List<URI> edges = new ArrayList<>();

  @Option(
      names = "--public-url",
      paramLabel = "URL",
      description =
          "The address that clients are given, with whatever is in front of the edges (default:"
              + " http://127.0.0.1:8080 if something answers at --edge)")
  private @Nullable URI publicUrl;

  @Option(
      names = "--channel",
      paramLabel = "NAME",
      defaultValue = "tailrace.doctor",
      description = "The channel that is followed there (default: ${DEFAULT-VALUE})")
  private String channel = "tailrace.doctor";

  @Mixin private ClientOptions client = new ClientOptions();

  @Option(
      names = "--idle",
      paramLabel = "TIME",
      defaultValue = "0s",
      converter = DurationConverter.class,
      description =
          "Hold a stream for so long, to see whether it is cut: 70s (default: not at all)")
  private Duration idle = Duration.ZERO;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      defaultValue = "10s",
      converter = DurationConverter.class,
      description = "How long one answer is waited for (default: ${DEFAULT-VALUE})")
  private Duration timeout = Duration.ofSeconds(10);

  @Mixin private OutputOption output = new OutputOption();

  @Override
  public Integer call() throws InterruptedException {
    if (timeout.isZero()) {
      throw CommandException.usage("--timeout is longer than that");
    }
    requireUsable();
    Settings settings = settings();
    DispatcherConfig config = DispatcherConfig.from(settings);
    List<Finding> findings = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<List<Finding>> look :
          looks(settings, config).stream().map(threads::submit).toList()) {
        List<Finding> found = look.get();
        findings.addAll(found);
        if (!output.isJson()) {
          found.forEach(this::say);
        }
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
    }
    return end(findings);
  }

  private void requireUsable() {
    List<URI> all = new ArrayList<>(edges);
    if (publicUrl != null) {
      all.add(publicUrl);
    }
    for (URI one : all) {
      if (!ConsoleAddress.isUsable(one)) {
        throw CommandException.usage("%s is no address such as %s".formatted(one, EDGE));
      }
    }
  }

  private List<Callable<List<Finding>>> looks(Settings settings, DispatcherConfig config) {
    InstantSource clock = InstantSource.system();
    List<Callable<List<Finding>>> looks = new ArrayList<>();
    looks.add(new KafkaChecks(config, timeout, clock)::findings);
    for (URI edge : edges.isEmpty() ? List.of(EDGE) : edges) {
      looks.add(
          new EdgeChecks(edge, !edges.isEmpty(), timeout, config.topics().afterMax(), clock)
              ::findings);
    }
    URI clients = publicUrl != null ? publicUrl : URI.create("http://127.0.0.1:8080");
    if (publicUrl != null || edges.isEmpty()) {
      URI console = edges.isEmpty() ? EDGE : edges.getFirst();
      ProxyChecks proxy =
          new ProxyChecks(
              new PublicAccess(clients, channel, client.user(), client.token()),
              idle,
              new ConsoleClient(ConsoleOptions.address(console, settings), timeout));
      looks.add(() -> publicUrl != null ? proxy.findings() : lenient(proxy.findings()));
    }
    looks.add(
        new MachineChecks(
                Path.of("/proc"),
                settings.get(DeliveryConfig.MAX_CONNECTIONS),
                Runtime.version().toString())
            ::findings);
    return looks;
  }

  /** Nobody said that there is an edge for clients on this machine. */
  private static List<Finding> lenient(List<Finding> findings) {
    return findings.stream()
        .map(
            one ->
                one.check().equals("public address")
                    ? new Finding(one.check(), Level.WARNING, one.text(), one.mend())
                    : one)
        .toList();
  }

  private void say(Finding finding) {
    out()
        .printf(
            "%-8s %s: %s%n", text(finding.level()), finding.check(), Cells.shown(finding.text()));
    if (!finding.mend().isEmpty()) {
      out().printf("         mend: %s%n", Cells.shown(finding.mend()));
    }
    out().flush();
  }

  private int end(List<Finding> findings) {
    long problems = findings.stream().filter(one -> one.level() == Level.PROBLEM).count();
    long warnings = findings.stream().filter(one -> one.level() == Level.WARNING).count();
    if (output.isJson()) {
      ObjectNode report = JsonLine.object();
      report.put("problems", problems).put("warnings", warnings);
      ArrayNode list = report.putArray("findings");
      for (Finding one : findings) {
        list.addObject()
            .put("check", one.check())
            .put("level", text(one.level()))
            .put("text", one.text())
            .put("mend", one.mend());
      }
      JsonLine.print(out(), report);
    } else {
      out()
          .printf(
              "%d problems, %d warnings, %d ok%n",
              problems, warnings, findings.size() - problems - warnings);
    }
    return problems > 0 ? CommandException.FAILED : 0;
  }

  private static String text(Level level) {
    return level.name().toLowerCase(Locale.ROOT);
  }
}
