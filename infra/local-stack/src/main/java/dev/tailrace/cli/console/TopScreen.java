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
import java.util.stream.Collectors;
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
    addTable(body, edges(edges, edgeRows), width, edges.size() - edgeRows, "edges");
    addTable(
        body,
        dispatchers(dispatchers, dispatcherRows),
        width,
        dispatchers.size() - dispatcherRows,
        "dispatchers");
    addTable(body, hot(hot, hotRows), width, hot.size() - hotRows, "addresses");
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

  private static TextTable edges(List<JsonNode> edges, int most) {
    TextTable table =
        new TextTable(
            "EDGE",
            new Column("STATE", 16, 99),
            new Column("CONNS", 8, 98),
            new Column("DELIV/S", 9, 97),
            new Column("B/S", 6, 50),
            new Column("REC/S", 7, 60),
            new Column("GAPS/S", 6, 80),
            new Column("SLOW/S", 6, 70),
            new Column("LAG", 7, 90),
            new Column("P50", 8, 30),
            new Column("P99", 8, 85),
            new Column("HEAP", 5, 40));
    for (JsonNode one : edges.subList(0, most)) {
      table.add(
          one.path("process").asString("-"),
          state(one),
          Amounts.count(one.path("connections").path("total")),
          Amounts.rate(one.path("deliveries_per_s")),
          Amounts.bytes(one.path("delivered_bytes_per_s")),
          Amounts.rate(one.path("records_per_s")),
          Amounts.rate(one.path("gaps_per_s")),
          Amounts.rate(one.path("slow_per_s")),
          Amounts.count(one.path("lag")),
          Amounts.millis(one.path("latency").path("p50_ms")),
          Amounts.millis(one.path("latency").path("p99_ms")),
          Amounts.share(one.path("heap_used"), one.path("heap_max")));
    }
    return table;
  }

  private static TextTable dispatchers(List<JsonNode> dispatchers, int most) {
    TextTable table =
        new TextTable(
            "DISPATCHER",
            new Column("STATE", 16, 99),
            new Column("REC/S", 8, 98),
            new Column("DELIV/S", 9, 97),
            new Column("DEAD", 6, 80),
            new Column("GAPS", 6, 70),
            new Column("LAG", 7, 90),
            new Column("HELD", 7, 60),
            new Column("STARTS", 6, 50),
            new Column("PARTS", 5, 40),
            new Column("HEAP", 5, 30));
    for (JsonNode one : dispatchers.subList(0, most)) {
      table.add(
          one.path("process").asString("-"),
          state(one),
          Amounts.rate(one.path("records_per_s")),
          Amounts.rate(one.path("deliveries_per_s")),
          Amounts.count(one.path("dead_letters")),
          Amounts.count(one.path("upstream_gaps")),
          Amounts.count(one.path("lag")),
          Amounts.count(one.path("held_ms")) + "ms",
          Amounts.count(one.path("restarts")),
          Amounts.count(one.path("partitions")),
          Amounts.share(one.path("heap_used"), one.path("heap_max")));
    }
    return table;
  }

  private static TextTable hot(List<JsonNode> hot, int most) {
    TextTable table =
        new TextTable("HOT ADDRESS", new Column("LANE", 8, 99), new Column("DELIV/S", 9, 98));
    for (JsonNode one : hot.subList(0, most)) {
      table.add(
          one.path("address").asString("-"),
          one.path("lane").asString("-"),
          Amounts.rate(one.path("per_s")));
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
