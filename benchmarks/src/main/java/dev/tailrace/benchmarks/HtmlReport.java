package dev.tailrace.benchmarks;

import com.google.errorprone.annotations.FormatMethod;
import dev.tailrace.benchmarks.BenchResult.Connecting;
import dev.tailrace.benchmarks.BenchResult.Drain;
import dev.tailrace.benchmarks.BenchResult.Load;
import dev.tailrace.benchmarks.BenchResult.Memory;
import dev.tailrace.benchmarks.BenchResult.Percentiles;
import dev.tailrace.benchmarks.BenchResult.ProcessLoad;
import dev.tailrace.benchmarks.BenchResult.ProcessSecond;
import dev.tailrace.benchmarks.BenchResult.Search;
import dev.tailrace.benchmarks.BenchResult.Second;
import dev.tailrace.benchmarks.LineChart.Line;
import dev.tailrace.benchmarks.LineChart.Spot;
import dev.tailrace.benchmarks.LineChart.Tick;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * A result as one page that needs nothing beside it.
 *
 * <p>Threading: one thread's.
 */
final class HtmlReport {
  private static final double MIB = 1 << 20;
  private static final double KIB = 1 << 10;
  private static final int MOST_TIME_TICKS = 10;

  private final BenchResult result;
  private final StringBuilder html = new StringBuilder();

  HtmlReport(BenchResult result) {
    this.result = result;
  }

  String render() {
    String title =
        "%s, %s connections"
            .formatted(
                result.parameters().get("transport"), result.parameters().get("connections"));
    add(
        "<!doctype html>%n<html lang=\"en\"><meta charset=\"utf-8\">"
            + "<meta name=\"viewport\" content=\"width=device-width\">"
            + "<title>tailrace bench: %s</title><style>%s</style>%n<main>",
        escape(title), style());
    add(
        "<header><h1>%s</h1><p>tailrace bench · %s · commit %s</p></header>%n",
        escape(title), escape(result.startedAt()), escape(result.commit()));
    Load load = result.load();
    addTiles(load, result.drain());
    if (load != null) {
      addCharts(load);
      addCosts(load.processes());
      addLoadNotes(load);
    }
    if (result.drain() != null) {
      addCosts(result.drain().processes());
      addDrainNotes(result.drain());
    }
    addSearch(result.search());
    addMemory(result.connecting());
    addPairs("Parameters", result.parameters());
    Map<String, Object> machine = new LinkedHashMap<>();
    machine.put("system", result.machine().system());
    machine.put("processor", result.machine().processor());
    machine.put("processors", result.machine().processors());
    machine.put("JVM of the load", result.machine().jvm());
    addPairs("Machine", machine);
    return html.append("</main></html>\n").toString();
  }

  private static String style() {
    try (InputStream file = HtmlReport.class.getResourceAsStream("report.css")) {
      return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new BenchException("the style sheet cannot be read", e);
    }
  }

  private void addTiles(@Nullable Load load, @Nullable Drain drain) {
    add("<section class=\"tiles\">");
    if (drain != null) {
      addTile(
          "deliveries per second",
          number(drain.deliveriesPerSecond()),
          "of the edge alone: %s in %.2f s".formatted(number(drain.delivered()), drain.seconds()));
      addArrived(drain.delivered(), drain.lost(), drain.duplicates(), drain.misordered());
    } else if (load == null) {
      Connecting connecting = result.connecting();
      addTile("connects per second", number(connecting.perSecond()), "");
      addTile("open", number(connecting.opened()), connecting.failed() + " failed");
      addTile("to open, p99", ms(connecting.toOpenMs().p99()), below(connecting.toOpenMs()));
    } else {
      addTile(
          "deliveries per second",
          number(load.deliveriesPerSecond()),
          "%s events/s".formatted(number(load.eventsPerSecond())));
      addTile("latency, p99", ms(load.latencyMs().p99()), below(load.latencyMs()));
      addArrived(load.delivered(), load.lost(), load.duplicates(), load.misordered());
    }
    result.connecting().memory().stream()
        .limit(1)
        .forEach(
            memory ->
                addTile(
                    "resident per connection",
                    kib(memory.residentBytesPerConnection()),
                    memory.process() + ", heap " + kib(memory.heapBytesPerConnection())));
    add("</section>%n");
  }

  private void addArrived(long delivered, long lost, long duplicates, long misordered) {
    addTile(
        "arrived",
        String.format(Locale.ROOT, "%.3f %%", 100.0 * delivered / Math.max(1, delivered + lost)),
        "%s lost, %s twice, %s out of order"
            .formatted(number(lost), number(duplicates), number(misordered)));
  }

  private static String below(Percentiles of) {
    return "p50 %s, p99.9 %s, max %s".formatted(ms(of.p50()), ms(of.p999()), ms(of.max()));
  }

  private void addTile(String name, String value, String below) {
    add(
        "<div><h2>%s</h2><strong>%s</strong><p>%s</p></div>",
        escape(name), escape(value), escape(below));
  }

  private void addCharts(Load load) {
    add("<section class=\"charts\">");
    html.append(
        new LineChart(
                "Latency by percentile",
                List.of(
                    new Tick(0, "0"),
                    new Tick(nines(50), "50"),
                    new Tick(1, "90"),
                    new Tick(2, "99"),
                    new Tick(3, "99.9"),
                    new Tick(4, "99.99")),
                "percentile",
                HtmlReport::ms,
                List.of(
                    new Line(
                        "latency",
                        load.latencyCurve().stream()
                            .filter(point -> nines(point.percentile()) <= 4)
                            .map(point -> new Spot(nines(point.percentile()), point.ms()))
                            .toList())))
            .svg());
    addTimeChart(
        "Deliveries per second",
        load,
        HtmlReport::number,
        List.of(line("deliveries", load, Second::deliveriesPerSecond)));
    addTimeChart(
        "Longest latency of each second",
        load,
        HtmlReport::ms,
        List.of(line("longest", load, Second::worstMs)));
    addTimeChart(
        "Resident memory",
        load,
        mib -> String.format(Locale.ROOT, "%.0f MiB", mib),
        processLines(load, process -> process.residentBytes() / MIB));
    addTimeChart(
        "CPU",
        load,
        share -> String.format(Locale.ROOT, "%.0f %%", 100 * share),
        processLines(load, ProcessSecond::cpuShare));
    add("</section>%n");
  }

  /** How many nines a percentile has: 90 one, 99 two. */
  private static double nines(double percentile) {
    return -Math.log10(Math.max(1e-9, 1 - percentile / 100));
  }

  private void addTimeChart(
      String title, Load load, DoubleFunction<String> label, List<Line> lines) {
    List<Tick> ticks = new ArrayList<>();
    int last = load.seconds().getLast().second();
    int step = Math.max(1, last / MOST_TIME_TICKS);
    for (int second = 1; second < last; second += step) {
      ticks.add(new Tick(second, Integer.toString(second)));
    }
    ticks.add(new Tick(last, last - 1 > 0 && ticks.getLast().x() > last - step ? "" : "" + last));
    html.append(new LineChart(title, ticks, "second, warm-up included", label, lines).svg());
  }

  private static Line line(String name, Load load, ToDoubleFunction<Second> value) {
    return new Line(
        name,
        load.seconds().stream()
            .map(second -> new Spot(second.second(), value.applyAsDouble(second)))
            .toList());
  }

  private static List<Line> processLines(Load load, ToDoubleFunction<ProcessSecond> value) {
    Map<String, List<Spot>> spots = new LinkedHashMap<>();
    for (Second second : load.seconds()) {
      for (ProcessSecond process : second.processes()) {
        spots
            .computeIfAbsent(process.process(), name -> new ArrayList<>())
            .add(new Spot(second.second(), value.applyAsDouble(process)));
      }
    }
    return spots.entrySet().stream()
        .map(entry -> new Line(escape(entry.getKey()), entry.getValue()))
        .toList();
  }

  private void addCosts(List<ProcessLoad> processes) {
    add(
        "<section><h2>Cost</h2><table><tr><th>process<th>of a core<th>CPU per delivery"
            + "<th>allocated per delivery<th>JVM</tr>");
    for (ProcessLoad process : processes) {
      add(
          "<tr><td>%s<td>%.0f %%<td>%.2f µs<td>%s<td>%s</tr>",
          escape(process.process()),
          100 * process.cpuShare(),
          process.cpuMicrosPerDelivery(),
          process.allocatedBytesPerDelivery() == null
              ? "–"
              : String.format(Locale.ROOT, "%.0f bytes", process.allocatedBytesPerDelivery()),
          process.stops() == null ? "–" : escape(process.stops().text()));
    }
    add("</table></section>%n");
  }

  private void addLoadNotes(Load load) {
    add(
        "<p>The thread that reads was busy for %.0f %% of the time. %s connections were"
            + " ended by the server, %s opened again; Kafka did not take %s events.</p>%n",
        100 * load.loadClientBusyShare(),
        number(load.endedByServer()),
        number(load.reopened()),
        number(load.failedPublishes()));
  }

  private void addDrainNotes(Drain drain) {
    add(
        "<p>%s events lay in the lanes when the edge was let go. The thread that reads was busy for"
            + " %.0f %% of the time. %s connections were ended by the server.</p>%n",
        number(drain.events()), 100 * drain.loadClientBusyShare(), number(drain.endedByServer()));
  }

  private void addSearch(@Nullable Search search) {
    if (search == null) {
      return;
    }
    add(
        "<section><h2>Search</h2><p>Highest rate with p99 at most 250 ms and 99.9 %% arrived: <b>%s"
            + " events/s</b>, %s deliveries/s; what is above was measured at half of"
            + " it.</p><table><tr><th>events/s<th>deliveries/s<th>p99<th>arrived<th></tr>",
        number(search.bestRate()), number(search.bestDeliveriesPerSecond()));
    search
        .tries()
        .forEach(
            one ->
                add(
                    "<tr><td>%s<td>%s<td>%s<td>%.2f %%<td>%s</tr>",
                    number(one.rate()),
                    number(one.deliveriesPerSecond()),
                    ms(one.p99Ms()),
                    100 * one.arrivedShare(),
                    one.good() ? "good" : "too much"));
    add("</table></section>%n");
  }

  private void addMemory(Connecting connecting) {
    add(
        "<section><h2>Connecting</h2><p>%s connections in %.2f s, %s per second; to open: %s.</p>"
            + "<table><tr><th>process<th>resident before<th>after<th>per connection"
            + "<th>heap per connection<th class=\"text\">JVM</tr>",
        number(connecting.opened()),
        connecting.seconds(),
        number(connecting.perSecond()),
        below(connecting.toOpenMs()));
    for (Memory memory : connecting.memory()) {
      add(
          "<tr><td>%s<td>%.0f MiB<td>%.0f MiB<td>%s<td>%s<td class=\"text\">%s</tr>",
          escape(memory.process()),
          memory.residentBytesBefore() / MIB,
          memory.residentBytes() / MIB,
          kib(memory.residentBytesPerConnection()),
          kib(memory.heapBytesPerConnection()),
          escape(String.join(" ", memory.jvmOptions())));
    }
    add(
        "</table><p>Kernel, both ends of each connection: %s.</p></section>%n",
        kib(connecting.kernelTcpBytesPerConnection()));
  }

  private void addPairs(String title, Map<String, Object> pairs) {
    add("<section><h2>%s</h2><dl>", title);
    pairs.forEach(
        (name, value) ->
            add("<dt>%s<dd>%s", escape(name.replace('_', ' ')), escape(String.valueOf(value))));
    add("</dl></section>%n");
  }

  private static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%,.0f", value);
  }

  private static String ms(double value) {
    return String.format(Locale.ROOT, value > 0 && value < 10 ? "%.1f ms" : "%,.0f ms", value);
  }

  private static String kib(@Nullable Double bytes) {
    return bytes == null ? "–" : String.format(Locale.ROOT, "%.1f KiB", bytes / KIB);
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }

  @FormatMethod
  private void add(String format, Object... arguments) {
    html.append(String.format(Locale.ROOT, format, arguments));
  }
}
