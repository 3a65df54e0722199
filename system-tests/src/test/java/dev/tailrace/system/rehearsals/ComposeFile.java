package dev.tailrace.system.rehearsals;

import dev.tailrace.system.Docs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * {@code infra/compose/compose.yaml}, its anchors resolved.
 *
 * <p>Threading: immutable.
 */
final class ComposeFile {
  static final Path FOLDER = Docs.root().resolve("infra/compose");

  private final Map<?, ?> root;

  private ComposeFile(Map<?, ?> root) {
    this.root = root;
  }

  static ComposeFile read() throws IOException {
    Object root =
        new Yaml(new SafeConstructor(new LoaderOptions()))
            .load(Files.readString(FOLDER.resolve("compose.yaml")));
    return new ComposeFile((Map<?, ?>) root);
  }

  /** All of it. */
  Map<?, ?> root() {
    return root;
  }

  /** Names and what is said of them, such as {@code services}. */
  Map<String, Map<?, ?>> section(String name) {
    Map<String, Map<?, ?>> section = new LinkedHashMap<>();
    ((Map<?, ?>) root.get(name))
        .forEach(
            (key, value) ->
                section.put(key.toString(), value instanceof Map<?, ?> m ? m : Map.of()));
    return section;
  }

  /** The services that run this part, in their order. */
  List<String> servicesOf(String part) {
    return section("services").entrySet().stream()
        .filter(service -> List.of(part).equals(service.getValue().get("command")))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** A service's variables; none when it has none. */
  Map<String, String> environment(String service) {
    Map<String, String> environment = new LinkedHashMap<>();
    if (section("services").getOrDefault(service, Map.of()).get("environment")
        instanceof Map<?, ?> variables) {
      variables.forEach((key, value) -> environment.put(key.toString(), value.toString()));
    }
    return environment;
  }
}
