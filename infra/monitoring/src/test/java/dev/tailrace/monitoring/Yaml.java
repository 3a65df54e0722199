package dev.tailrace.monitoring;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** YAML as maps and lists. */
final class Yaml {
  private Yaml() {}

  /** A file's content. */
  static Map<String, Object> read(Path file) throws IOException {
    try (Reader text = Files.newBufferedReader(file)) {
      return map(new org.yaml.snakeyaml.Yaml(new SafeConstructor(new LoaderOptions())).load(text));
    }
  }

  /** The maps of a list; none when there is no list. */
  static List<Map<String, Object>> maps(Object list) {
    return list instanceof List<?> all ? all.stream().map(Yaml::map).toList() : List.of();
  }

  /** A map; an empty one when there is none. */
  @SuppressWarnings("unchecked")
  static Map<String, Object> map(Object map) {
    return map instanceof Map<?, ?> ? (Map<String, Object>) map : Map.of();
  }
}
