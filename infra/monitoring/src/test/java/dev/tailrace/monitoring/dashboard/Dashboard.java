package dev.tailrace.monitoring.dashboard;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * A dashboard of Grafana: rows of panels, put beside each other as they come.
 *
 * <p>Threading: one thread.
 */
public final class Dashboard {
  /** Whichever Prometheus was chosen above the dashboard. */
  static final Map<String, Object> SOURCE = source();

  /** Of Grafana 10.4, which later ones read. */
  private static final int SCHEMA_VERSION = 39;

  private static final int COLUMNS = 24;
  private static final String NOT_A_METRIC_OF_ITS_OWN = "";

  private final String name;
  private final String title;
  private final String description;
  private final String instancesOf;
  private final List<Map<String, Object>> panels = new ArrayList<>();
  private int x;
  private int y;
  private int rowHeight;

  private Dashboard(String name, String title, String description, String instancesOf) {
    this.name = name;
    this.title = title;
    this.description = description;
    this.instancesOf = instancesOf;
  }

  /** One of everything. */
  static Dashboard of(String name, String title, String description) {
    return new Dashboard(name, title, description, NOT_A_METRIC_OF_ITS_OWN);
  }

  /** One of the processes that may be chosen: those that have this metric. */
  static Dashboard ofProcesses(String name, String title, String description, String metric) {
    return new Dashboard(name, title, description, metric);
  }

  private static Map<String, Object> source() {
    Map<String, Object> source = new LinkedHashMap<>();
    source.put("type", "prometheus");
    source.put("uid", "${datasource}");
    return source;
  }

  /** What follows stands under these words. */
  Dashboard row(String words) {
    newLine();
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("id", panels.size() + 1);
    row.put("type", "row");
    row.put("title", words);
    row.put("collapsed", false);
    row.put("gridPos", Panel.position(0, y, COLUMNS, 1));
    row.put("panels", List.of());
    panels.add(row);
    y++;
    return this;
  }

  /** One beside the last, or below if there is no room. */
  Dashboard add(Panel panel) {
    if (x + panel.width() > COLUMNS) {
      newLine();
    }
    panels.add(panel.json(panels.size() + 1, x, y));
    x += panel.width();
    rowHeight = Math.max(rowHeight, panel.height());
    return this;
  }

  private void newLine() {
    x = 0;
    y += rowHeight;
    rowHeight = 0;
  }

  /** Its file's name, without an end. */
  public String name() {
    return name;
  }

  /** Its file's content. */
  public String json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("uid", "tailrace-" + name);
    json.put("title", "Tailrace: " + title);
    json.put("description", description);
    json.put("tags", List.of("tailrace"));
    json.put("schemaVersion", SCHEMA_VERSION);
    json.put("version", 1);
    json.put("editable", false);
    json.put("timezone", "browser");
    json.put("refresh", "30s");
    Map<String, Object> time = new LinkedHashMap<>();
    time.put("from", "now-1h");
    time.put("to", "now");
    json.put("time", time);
    json.put("graphTooltip", 1);
    json.put("links", List.of(links()));
    json.put("templating", Map.of("list", variables()));
    json.put("panels", panels);
    return JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build()
            .writeValueAsString(json)
        + "\n";
  }

  private static Map<String, Object> links() {
    Map<String, Object> links = new LinkedHashMap<>();
    links.put("type", "dashboards");
    links.put("title", "Tailrace");
    links.put("tags", List.of("tailrace"));
    links.put("asDropdown", true);
    links.put("keepTime", true);
    links.put("includeVars", false);
    return links;
  }

  private List<Map<String, Object>> variables() {
    List<Map<String, Object>> variables = new ArrayList<>();
    Map<String, Object> datasource = new LinkedHashMap<>();
    datasource.put("name", "datasource");
    datasource.put("label", "Prometheus");
    datasource.put("type", "datasource");
    datasource.put("query", "prometheus");
    variables.add(datasource);
    if (!instancesOf.equals(NOT_A_METRIC_OF_ITS_OWN)) {
      Map<String, Object> instance = new LinkedHashMap<>();
      instance.put("name", "instance");
      instance.put("label", "Process");
      instance.put("type", "query");
      instance.put("datasource", SOURCE);
      instance.put("query", "label_values(" + instancesOf + ", instance)");
      instance.put("refresh", 2);
      instance.put("sort", 1);
      instance.put("multi", true);
      instance.put("includeAll", true);
      instance.put("allValue", ".*");
      variables.add(instance);
    }
    return variables;
  }
}
