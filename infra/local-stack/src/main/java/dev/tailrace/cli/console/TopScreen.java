package dev.tailrace.cli.console;

import dev.tailrace.cli.console.ScreenLine.Style;
import dev.tailrace.cli.console.TextTable.Column;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * A fleet on one screen.
 *
 * <p>Threading: stateless.
 */
public final class TopScreen {
  /** Of a screen that is as long as it needs to be. */
  public static final int ANY_HEIGHT = Integer.MAX_VALUE;

  private static final int LEAST_ROWS = 2;

  /** A column, and what stands in it. */
  private record Shown(Column column, Function<JsonNode, String> cell) {
    static Shown of(String title, int width, int importance, Function<JsonNode, String> cell) {
      return new Shown(new Column(title, width, importance), cell);
    }

    static Shown count(String title, int width, int importance, String name) {
      return of(title, width, importance, one -> Amounts.count(one.path(name)));
    }

    static Shown rate(String title, int width, int importance, String name) {
      return of(title, width, importance, one -> Amounts.rate(one.path(name)));
    }

    static Shown latency(String title, int width, int importance, String name) {
      return of(title, width, importance, one -> Amounts.millis(one.path("latency").path(name)));
    }

    static Shown heap(int importance) {
      return of(
          "HEAP", 5, importance, one -> Amounts.share(one.path("heap_used"), one.path("heap_max")));
    }
  }

  private static final List<Shown> OF_EDGE =
      List.of(
          Shown.of("STATE", 16, 99, TopScreen::state),
          Shown.of("CONNS", 8, 98, one -> Amounts.count(one.path("connections").path("total"))),
          Shown.rate("DELIV/S", 9, 97, "deliveries_per_s"),
          Shown.of("B/S", 6, 50, one -> Amounts.bytes(one.path("delivered_bytes_per_s"))),
          Shown.rate("REC/S", 7, 60, "records_per_s"),
          Shown.rate("GAPS/S", 6, 80, "gaps_per_s"),
          Shown.rate("SLOW/S", 6, 70, "slow_per_s"),
          Shown.count("LAG", 7, 90, "lag"),
          Shown.latency("P50", 8, 30, "p50_ms"),
          Shown.latency("P99", 8, 85, "p99_ms"),
          Shown.heap(40));

  private static final List<Shown> OF_DISPATCHER =
      List.of(
          Shown.of("STATE", 16, 99, TopScreen::state),
          Shown.rate("REC/S", 8, 98, "records_per_s"),
          Shown.rate("DELIV/S", 9, 97, "deliveries_per_s"),
          Shown.count("DEAD", 6, 80, "dead_letters"),
          Shown.count("GAPS", 6, 70, "upstream_gaps"),
          Shown.count("LAG", 7, 90, "lag"),
          Shown.of("HELD", 7, 60, one -> Amounts.count(one.path("held_ms")) + "ms"),
          Shown.count("STARTS", 6, 50, "restarts"),
          Shown.count("PARTS", 5, 40, "partitions"),
          Shown.heap(30));

  /** Of edges' lists of what is hot on each: about. */
  private static final List<Shown> OF_ADDRESS =
      List.of(
          Shown.of("LANE", 8, 99, one -> one.path("lane").asString("-")),
          Shown.rate("~DELIV/S", 9, 98, "per_s"));

  private TopScreen() {}

  /**
   * What is shown.
   *
   * @param width columns of the terminal; no line is wider
   * @param height its lines; there are no more
   */
  public static List<ScreenLine> lines(FeedState state, long nowNanos, int width, int height) {
    JsonNode snapshot = state.snapshot() == null ? MissingNode.getInstance() : state.snapshot();
    String notLive = state.notLive(nowNanos);
    List<String> body = new ArrayList<>();
    if (state.snapshot() != null) {
      addTotals(body, snapshot);
      addTables(body, snapshot, width, height);
    }
    List<ScreenLine> lines = new ArrayList<>();
    lines.add(head(state, snapshot, notLive, nowNanos, width));
    for (String line : body) {
      Style style = !notLive.isEmpty() ? Style.DIM : isTitle(line) ? Style.BOLD : Style.PLAIN;
      lines.add(new ScreenLine(Cells.cut(line, width), style));
    }
    return lines.size() > height ? lines.subList(0, height) : lines;
  }

  private static boolean isTitle(String line) {
    return line.startsWith("EDGE ") || line.startsWith("DISPATCHER ") || line.startsWith("HOT ");
  }

  private static ScreenLine head(
      FeedState state, JsonNode snapshot, String notLive, long nowNanos, int width) {
    String at = Cells.shown(snapshot.path("at").asString("-"));
    if (notLive.isEmpty()) {
      String told = state.edge().isEmpty() ? "" : "  told by " + Cells.shown(state.edge());
      return new ScreenLine(Cells.cut("tailrace  " + at + "  live" + told, width), Style.BOLD);
    }
    String since =
        state.snapshot() == null
            ? ""
            : "; below is what was at %s, %s ago"
                .formatted(before(at, state.silence()), Amounts.time(state.age(nowNanos)));
    return new ScreenLine(Cells.cut("NOT LIVE: " + notLive + since, width), Style.ALERT);
  }

  private static String before(String at, Duration silence) {
    try {
      return Instant.parse(at).minus(silence).toString();
    } catch (DateTimeParseException e) {
      return at;
    }
  }

  private static void addTotals(List<String> body, JsonNode snapshot) {
    JsonNode totals = snapshot.path("totals");
    JsonNode latency = snapshot.path("latency");
    body.add(
        "edges %s  dispatchers %s  silent %s  connections %s  dead since the start %s"
            .formatted(
                count(totals, "edges"),
                count(totals, "dispatchers"),
                count(totals, "silent"),
                count(totals, "connections"),
                count(totals, "dead_letters")));
    body.add(
        "deliveries %s/s  %sB/s  ingress %s/s  records %s/s  published %s/s"
            .formatted(
                Amounts.rate(totals.path("deliveries_per_s")),
                Amounts.bytes(totals.path("delivered_bytes_per_s")),
                Amounts.rate(totals.path("ingress_per_s")),
                Amounts.rate(totals.path("records_per_s")),
                Amounts.rate(totals.path("published_per_s"))));
    body.add(
        "latency p50 %s  p99 %s  lag: ingress %s, delivery %s"
            .formatted(
                Amounts.millis(latency.path("p50_ms")),
                Amounts.millis(latency.path("p99_ms")),
                count(totals, "ingress_lag"),
                count(totals, "delivery_lag")));
    body.add(
        "gaps %s/s: %s  slow %s/s: %s  closed: %s"
            .formatted(
                Amounts.rate(totals.path("gaps_per_s")),
                reasons(snapshot.path("gaps")),
                Amounts.rate(totals.path("slow_per_s")),
                reasons(snapshot.path("slow")),
                reasons(snapshot.path("closed"))));
  }

  private static String count(JsonNode totals, String name) {
    return Amounts.count(totals.path(name));
  }

  private static String reasons(JsonNode counts) {
    String text =
        counts.properties().stream()
            .filter(one -> one.getValue().asLong(0) > 0)
            .sorted(Map.Entry.comparingByKey())
            .map(one -> Cells.shown(one.getKey()) + " " + Amounts.count(one.getValue()))
            .collect(Collectors.joining(", "));
    return text.isEmpty() ? "none" : text;
  }

  private static void addTables(List<String> body, JsonNode snapshot, int width, int height) {
    List<JsonNode> edges = byNeed(snapshot.path("edges"));
    List<JsonNode> dispatchers = byNeed(snapshot.path("dispatchers"));
    List<JsonNode> hot = snapshot.path("hot").valueStream().toList();
    // The head, a blank line and titles for each table, and a line each that tells of what is cut.
    long room = height == ANY_HEIGHT ? ANY_HEIGHT : height - 1L - body.size() - 9;
    int hotRows = rows(hot.size(), room / 4);
    int dispatcherRows = rows(dispatchers.size(), room / 4);
    int edgeRows = rows(edges.size(), room - hotRows - dispatcherRows);
    addTable(
        body,
        table("EDGE", "process", OF_EDGE, edges, edgeRows),
        width,
        edges.size() - edgeRows,
        "edges");
    addTable(
        body,
        table("DISPATCHER", "process", OF_DISPATCHER, dispatchers, dispatcherRows),
        width,
        dispatchers.size() - dispatcherRows,
        "dispatchers");
    addTable(
        body,
        table("HOT ADDRESS", "address", OF_ADDRESS, hot, hotRows),
        width,
        hot.size() - hotRows,
        "addresses");
  }

  private static int rows(int all, long room) {
    return (int) Math.min(all, Math.max(LEAST_ROWS, room));
  }

  /** What asks for attention first, then by name. */
  private static List<JsonNode> byNeed(JsonNode processes) {
    return processes
        .valueStream()
        .sorted(
            Comparator.comparing((JsonNode one) -> one.path("state").asString("").equals("ready"))
                .thenComparing(one -> one.path("process").asString("")))
        .toList();
  }

  private static void addTable(
      List<String> body, TextTable table, int width, int cut, String what) {
    body.add("");
    body.addAll(table.lines(width));
    if (cut > 0) {
      body.add("... and %,d more %s".formatted(cut, what));
    }
  }

  /** Of the first rows so many: what a process, or an address, has in each column. */
  private static TextTable table(
      String title, String name, List<Shown> shown, List<JsonNode> rows, int most) {
    TextTable table =
        new TextTable(title, shown.stream().map(Shown::column).toArray(Column[]::new));
    for (JsonNode row : rows.subList(0, most)) {
      table.add(
          Stream.concat(
                  Stream.of(row.path(name).asString("-")),
                  shown.stream().map(one -> one.cell().apply(row)))
              .toArray(String[]::new));
    }
    return table;
  }

  private static String state(JsonNode process) {
    String state = process.path("state").asString("-");
    return switch (state) {
      case "silent" ->
          "silent " + Amounts.time(Duration.ofMillis(process.path("seen_ms").asLong(0)));
      case "not_ready" ->
          process
              .path("waiting_for")
              .valueStream()
              .map(one -> one.asString(""))
              .reduce((one, next) -> one + "," + next)
              .map(waiting -> "waits: " + waiting)
              .orElse("not ready");
      default -> state;
    };
  }
}
