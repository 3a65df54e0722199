package dev.tailrace.monitoring.dashboard;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A picture of a dashboard. In its queries {@code @} stands for the processes that were chosen.
 *
 * <p>Threading: one thread.
 */
final class Panel {
  private static final String CHOSEN = "instance=~\"$instance\"";

  /** What Grafana draws. */
  private enum Kind {
    STAT("stat", 4, 4),
    GRAPH("timeseries", 8, 8),
    HEATMAP("heatmap", 8, 8);

    private final String grafana;
    private final int width;
    private final int height;

    Kind(String grafana, int width, int height) {
      this.grafana = grafana;
      this.width = width;
      this.height = height;
    }
  }

  private record Query(String expression, String legend) {}

  private final Kind kind;
  private final String title;
  private final Unit unit;
  private final String description;
  private final List<Query> queries = new ArrayList<>();
  private @Nullable Double limit;
  private boolean limitIsLeast;

  private Panel(Kind kind, String title, Unit unit, String description) {
    this.kind = kind;
    this.title = title;
    this.unit = unit;
    this.description = description;
  }

  /** A number as it is now. */
  static Panel stat(String title, Unit unit, String description, String expression) {
    return new Panel(Kind.STAT, title, unit, description).query(expression, title);
  }

  /** Lines over time. */
  static Panel graph(String title, Unit unit, String description) {
    return new Panel(Kind.GRAPH, title, unit, description);
  }

  /** How a histogram's counts lie, over time. */
  static Panel heatmap(String title, String description, String expression) {
    return new Panel(Kind.HEATMAP, title, Unit.SECONDS, description).query(expression, "{{le}}");
  }

  /** One line more, or one for each series that there is. */
  Panel query(String expression, String legend) {
    queries.add(new Query(expression.replace("@", CHOSEN), legend));
    return this;
  }

  /** Where an alarm begins: above this it is red. */
  Panel limit(double atMost) {
    limit = atMost;
    return this;
  }

  /** The same: below this it is red. */
  Panel least(double atLeast) {
    limitIsLeast = true;
    return limit(atLeast);
  }

  int width() {
    return kind.width;
  }

  int height() {
    return kind.height;
  }

  /** As Grafana takes it. */
  Map<String, Object> json(int id, int x, int y) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", id);
    json.put("type", kind.grafana);
    json.put("title", title);
    json.put("description", description);
    json.put("datasource", Dashboard.SOURCE);
    json.put("gridPos", position(x, y, kind.width, kind.height));
    json.put("fieldConfig", ordered("defaults", defaults(), "overrides", List.of()));
    json.put("options", options());
    List<Map<String, Object>> targets = new ArrayList<>();
    for (Query query : queries) {
      Map<String, Object> target = new LinkedHashMap<>();
      target.put("refId", String.valueOf((char) ('A' + targets.size())));
      target.put("datasource", Dashboard.SOURCE);
      target.put("expr", query.expression);
      target.put("legendFormat", query.legend);
      target.put(kind == Kind.STAT ? "instant" : "range", true);
      if (kind == Kind.HEATMAP) {
        target.put("format", "heatmap");
      }
      targets.add(target);
    }
    json.put("targets", targets);
    return json;
  }

  static Map<String, Object> position(int x, int y, int width, int height) {
    Map<String, Object> position = new LinkedHashMap<>();
    position.put("x", x);
    position.put("y", y);
    position.put("w", width);
    position.put("h", height);
    return position;
  }

  private Map<String, Object> defaults() {
    Map<String, Object> defaults = new LinkedHashMap<>();
    defaults.put("unit", unit.grafana());
    if (kind == Kind.GRAPH) {
      Map<String, Object> custom = new LinkedHashMap<>();
      custom.put("fillOpacity", 10);
      custom.put("showPoints", "never");
      if (limit != null) {
        custom.put("thresholdsStyle", Map.of("mode", "line"));
      }
      defaults.put("custom", custom);
    }
    if (limit != null) {
      defaults.put("color", Map.of("mode", kind == Kind.STAT ? "thresholds" : "palette-classic"));
      defaults.put(
          "thresholds",
          ordered(
              "mode",
              "absolute",
              "steps",
              List.of(step(limitIsLeast, null), step(!limitIsLeast, limit))));
    }
    return defaults;
  }

  private static Map<String, Object> step(boolean red, @Nullable Double from) {
    return ordered("color", red ? "red" : "green", "value", from);
  }

  private Map<String, Object> options() {
    return switch (kind) {
      case STAT ->
          ordered(
              "reduceOptions",
              ordered("calcs", List.of("lastNotNull"), "values", false),
              "colorMode",
              "value");
      case GRAPH ->
          ordered(
              "legend",
              ordered("displayMode", "list", "placement", "bottom"),
              "tooltip",
              ordered("mode", "multi", "sort", "desc"));
      case HEATMAP -> ordered("calculate", false, "yAxis", Map.of("unit", unit.grafana()));
    };
  }

  private static Map<String, Object> ordered(
      String first, Object one, String second, @Nullable Object other) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(first, one);
    map.put(second, other);
    return map;
  }
}
