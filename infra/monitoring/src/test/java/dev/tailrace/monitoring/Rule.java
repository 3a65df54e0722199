package dev.tailrace.monitoring;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A rule of Prometheus.
 *
 * @param alert whether it is an alarm, and no recording
 * @param name of the alarm, or of what is recorded
 * @param holds for how long an alarm's condition is to hold; empty when at once
 */
record Rule(
    boolean alert,
    String name,
    String expression,
    String holds,
    Map<String, Object> labels,
    Map<String, Object> annotations) {

  /** All there are. */
  static List<Rule> all() throws IOException {
    List<Rule> rules = new ArrayList<>();
    for (Path file : Place.files(Place.prometheus().resolve("rules"), ".yml")) {
      for (Map<String, Object> group : Yaml.maps(Yaml.read(file).get("groups"))) {
        Yaml.maps(group.get("rules")).forEach(rule -> rules.add(of(rule)));
      }
    }
    return rules;
  }

  /** The alarms among them. */
  static List<Rule> alerts() throws IOException {
    return all().stream().filter(Rule::alert).toList();
  }

  private static Rule of(Map<String, Object> rule) {
    Object alert = rule.get("alert");
    return new Rule(
        alert != null,
        String.valueOf(alert == null ? rule.get("record") : alert),
        String.valueOf(rule.get("expr")),
        String.valueOf(rule.getOrDefault("for", "")),
        Yaml.map(rule.get("labels")),
        Yaml.map(rule.get("annotations")));
  }
}
