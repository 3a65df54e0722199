package dev.tailrace.benchmarks;

import com.google.errorprone.annotations.FormatMethod;
import dev.tailrace.benchmarks.Bench.Findings;
import dev.tailrace.benchmarks.BenchResult.Connecting;
import dev.tailrace.benchmarks.BenchResult.Drain;
import dev.tailrace.benchmarks.BenchResult.Load;
import dev.tailrace.benchmarks.BenchResult.Machine;
import dev.tailrace.benchmarks.BenchResult.Percentiles;
import dev.tailrace.benchmarks.BenchResult.ProcessLoad;
import dev.tailrace.benchmarks.BenchResult.Search;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a run leaves behind: a summary for people, JSON for programs, a page with plots.
 *
 * <p>Threading: stateless.
 */
public final class BenchOutput {
  /** As all results are written. */
  public static final JsonMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  private static final DateTimeFormatter FOLDER_TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final Pattern PROCESSOR = Pattern.compile("(?m)^model name\\s*:\\s*(.+)$");

  private BenchOutput() {}

  /** Findings with what they need to mean something. */
  public static BenchResult result(
      Instant started, Map<String, Object> parameters, Findings findings) {
    return new BenchResult(
        started.toString(),
        commit(),
        machine(),
        parameters,
        findings.connecting(),
        findings.search(),
        findings.load(),
        findings.drain());
  }

  /** A folder that no other run has. */
  public static String folderName(Instant started) {
    return "bench-" + FOLDER_TIME.format(started);
  }

  /** Writes {@code bench.json} and {@code bench.html}. */
  public static void write(Path folder, BenchResult result) throws IOException {
    Files.createDirectories(folder);
    JSON.writeValue(folder.resolve("bench.json"), result);
    Files.writeString(folder.resolve("bench.html"), new HtmlReport(result).render());
  }

  /** Whether everything came, once and in order, and all connections were opened. */
  public static boolean isWhole(BenchResult result) {
    Load load = result.load();
    Drain drain = result.drain();
    return result.connecting().failed() == 0
        && (load == null
            || load.lost() + load.duplicates() + load.misordered() + load.failedPublishes() == 0)
        && (drain == null
            || drain.lost() + drain.duplicates() + drain.misordered() + drain.failedPublishes()
                == 0);
  }

  /** Some lines for people. */
  public static String summary(BenchResult result) {
    StringBuilder text = new StringBuilder();
    Connecting connecting = result.connecting();
    line(
        text,
        "connections   %,d open, %d failed, %,.0f per second; to open %s",
        connecting.opened(),
        connecting.failed(),
        connecting.perSecond(),
        percentiles(connecting.toOpenMs()));
    if (connecting.failed() > 0) {
      line(text, "              first failure: %s", connecting.firstFailure());
    }
    connecting
        .memory()
        .forEach(
            memory ->
                line(
                    text,
                    "memory        %s: %.1f KiB resident per connection, heap %s",
                    memory.process(),
                    memory.residentBytesPerConnection() / 1024,
                    memory.heapBytesPerConnection() == null
                        ? "unknown"
                        : String.format(
                            Locale.ROOT, "%.1f KiB", memory.heapBytesPerConnection() / 1024)));
    Search search = result.search();
    if (search != null) {
      line(
          text,
          "search        highest good rate %,d events/s, %,.0f deliveries/s",
          search.bestRate(),
          search.bestDeliveriesPerSecond());
    }
    if (result.load() != null) {
      addLoad(text, result.load());
    }
    if (result.drain() != null) {
      addDrain(text, result.drain());
    }
    return text.toString();
  }

  private static void addLoad(StringBuilder text, Load load) {
    line(
        text,
        "deliveries    %,.0f per second of %,d events/s; %,d in all, %.3f %% arrived",
        load.deliveriesPerSecond(),
        load.eventsPerSecond(),
        load.delivered(),
        100 * load.arrivedShare());
    line(text, "latency       %s", percentiles(load.latencyMs()));
    addChecks(
        text,
        load.lost(),
        load.duplicates(),
        load.misordered(),
        load.failedPublishes(),
        load.endedByServer());
    addCosts(text, load.processes(), load.loadClientBusyShare());
  }

  private static void addDrain(StringBuilder text, Drain drain) {
    line(
        text,
        "drain         %,.0f deliveries per second of the edge alone; %,d in %.2f s",
        drain.deliveriesPerSecond(),
        drain.delivered(),
        drain.seconds());
    addChecks(
        text,
        drain.lost(),
        drain.duplicates(),
        drain.misordered(),
        drain.failedPublishes(),
        drain.endedByServer());
    addCosts(text, drain.processes(), drain.loadClientBusyShare());
  }

  private static void addChecks(
      StringBuilder text,
      long lost,
      long duplicates,
      long misordered,
      long failedPublishes,
      int endedByServer) {
    line(
        text,
        "checks        %,d lost, %,d duplicates, %,d out of order, %,d refused by Kafka,"
            + " %,d connections ended by the server",
        lost,
        duplicates,
        misordered,
        failedPublishes,
        endedByServer);
  }

  private static void addCosts(
      StringBuilder text, List<ProcessLoad> processes, double loadClientBusyShare) {
    processes.forEach(
        process ->
            line(
                text,
                "cost          %s: %.0f %% of a core, %.2f us CPU per delivery%s%s",
                process.process(),
                100 * process.cpuShare(),
                process.cpuMicrosPerDelivery(),
                process.allocatedBytesPerDelivery() == null
                    ? ""
                    : String.format(
                        Locale.ROOT, ", %.0f bytes allocated", process.allocatedBytesPerDelivery()),
                process.stops() == null ? "" : "; " + process.stops().text()));
    line(
        text,
        "load client   its thread was busy for %.0f %% of the time",
        100 * loadClientBusyShare);
  }

  @FormatMethod
  private static void line(StringBuilder text, String format, Object... arguments) {
    text.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }

  private static String percentiles(Percentiles of) {
    return String.format(
        Locale.ROOT,
        "p50 %.1f  p90 %.1f  p99 %.1f  p99.9 %.1f  max %.1f ms",
        of.p50(),
        of.p90(),
        of.p99(),
        of.p999(),
        of.max());
  }

  /** This one. */
  public static Machine machine() {
    String processor = "unknown";
    try {
      Matcher model = PROCESSOR.matcher(Files.readString(Path.of("/proc/cpuinfo")));
      processor = model.find() ? model.group(1) : processor;
    } catch (IOException e) {
      // Not Linux: the system's name below says enough.
      processor = System.getProperty("os.arch", processor);
    }
    return new Machine(
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        processor,
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
  }

  /** Of the source tree that this class lies in, marked when it has been changed since. */
  public static String commit() {
    CodeSource source = BenchOutput.class.getProtectionDomain().getCodeSource();
    try {
      // A jar in a folder, or a folder itself.
      Path classes = Path.of(source == null ? URI.create("file:/") : source.getLocation().toURI());
      Path folder = Files.isDirectory(classes) ? classes : classes.resolveSibling("");
      String commit =
          ProcessProbe.output(
              "git",
              "-C",
              folder.toString(),
              "describe",
              "--always",
              "--dirty",
              "--abbrev=12",
              "--exclude=*");
      return commit == null ? "unknown" : commit.strip();
    } catch (URISyntaxException e) {
      return "unknown";
    }
  }
}
