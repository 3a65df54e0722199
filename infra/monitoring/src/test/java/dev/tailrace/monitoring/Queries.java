package dev.tailrace.monitoring;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** All PromQL that the project gives anybody. */
final class Queries {
  private static final Pattern FENCED = Pattern.compile("(?ms)^```promql\n(.*?)^```$");
  private static final Set<String> NOT_OURS = Set.of("target", "node_modules", ".git", "data");

  /**
   * A query.
   *
   * @param where it stands
   * @param expression with what Grafana puts in for its variables
   * @param legend of a dashboard's; empty for others
   */
  record Query(String where, String expression, String legend) {}

  private Queries() {}

  /** Those of the dashboards. */
  static List<Query> ofDashboards() throws IOException {
    List<Query> queries = new ArrayList<>();
    for (Path file : Place.files(Place.grafana().resolve("dashboards"), ".json")) {
      JsonNode dashboard = JsonMapper.shared().readTree(Files.readString(file));
      for (JsonNode panel : dashboard.path("panels")) {
        String where = file.getFileName() + ": " + panel.path("title").asString();
        for (JsonNode target : panel.path("targets")) {
          String expression =
              target
                  .path("expr")
                  .asString()
                  .replace("$__rate_interval", "1m")
                  .replace("$instance", ".*");
          queries.add(new Query(where, expression, target.path("legendFormat").asString()));
        }
      }
      for (JsonNode variable : dashboard.at("/templating/list")) {
        String query = variable.path("query").asString();
        if (query.startsWith("label_values(")) {
          String metric = query.substring("label_values(".length(), query.indexOf(','));
          String label = query.substring(query.indexOf(',') + 1, query.length() - 1).strip();
          String where = file.getFileName() + ": $" + variable.path("name").asString();
          queries.add(new Query(where, "count by (" + label + ") (" + metric + ")", ""));
        }
      }
    }
    return queries;
  }

  /** Those of the rules. */
  static List<Query> ofRules() throws IOException {
    return Rule.all().stream().map(rule -> new Query(rule.name(), rule.expression(), "")).toList();
  }

  /** Those of the documentation: what it marks {@code promql}. */
  static List<Query> ofDocumentation() throws IOException {
    List<Query> queries = new ArrayList<>();
    Files.walkFileTree(
        Place.root(),
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return NOT_OURS.contains(String.valueOf(folder.getFileName()))
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (file.toString().endsWith(".md")) {
              String page = Files.readString(file);
              for (MatchResult fenced : FENCED.matcher(page).results().toList()) {
                String where = Place.root().relativize(file).toString();
                queries.add(new Query(where, fenced.group(1), ""));
              }
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return queries;
  }
}
