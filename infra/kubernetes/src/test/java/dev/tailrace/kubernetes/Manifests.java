package dev.tailrace.kubernetes;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is applied together. */
record Manifests(List<Manifest> all) {
  private static final JsonMapper JSON = JsonMapper.shared();

  /** Name of the ConfigMap, before kustomize adds a digest. */
  private static final String CONFIG = "tailrace";

  private static final String PROPERTIES = "tailrace.properties";

  /** One of them. */
  record Manifest(JsonNode root) {
    String kind() {
      return root.path("kind").asString("");
    }

    String name() {
      return root.at("/metadata/name").asString("");
    }

    String namespace() {
      return root.at("/metadata/namespace").asString("");
    }

    JsonNode at(String pointer) {
      return root.at(pointer);
    }

    Map<String, String> labels() {
      return strings(root.at("/metadata/labels"));
    }

    @Override
    public String toString() {
      return kind() + "/" + name();
    }
  }

  /** Pods that a Deployment or a CronJob makes. */
  record Pod(Manifest owner, JsonNode template) {
    JsonNode spec() {
      return template.path("spec");
    }

    Map<String, String> labels() {
      return strings(template.at("/metadata/labels"));
    }

    String namespace() {
      return owner.namespace();
    }

    /** edge, dispatcher, command. */
    String component() {
      return labels().getOrDefault("app.kubernetes.io/component", "");
    }

    /** The port of this name or number; -1 if there is none. */
    int port(JsonNode nameOrNumber) {
      return stream(spec().path("containers"))
          .flatMap(container -> stream(container.path("ports")))
          .filter(
              port ->
                  nameOrNumber.isNumber()
                      ? port.path("containerPort").equals(nameOrNumber)
                      : port.path("name").equals(nameOrNumber))
          .mapToInt(port -> port.path("containerPort").asInt())
          .findFirst()
          .orElse(-1);
    }

    @Override
    public String toString() {
      return owner.toString();
    }
  }

  static Manifests parse(String yaml) {
    List<Manifest> all = new ArrayList<>();
    new Yaml(new SafeConstructor(new LoaderOptions()))
        .loadAll(yaml)
        .forEach(document -> all.add(new Manifest(JSON.valueToTree(document))));
    return new Manifests(List.copyOf(all));
  }

  List<Manifest> of(String kind) {
    return all.stream().filter(one -> one.kind().equals(kind)).toList();
  }

  Optional<Manifest> find(String kind, String name) {
    return of(kind).stream().filter(one -> one.name().equals(name)).findFirst();
  }

  List<Pod> pods() {
    return Stream.concat(
            of("Deployment").stream().map(one -> new Pod(one, one.at("/spec/template"))),
            of("CronJob").stream()
                .map(one -> new Pod(one, one.at("/spec/jobTemplate/spec/template"))))
        .toList();
  }

  List<Pod> pods(String component) {
    return pods().stream().filter(pod -> pod.component().equals(component)).toList();
  }

  /** The ConfigMap of the settings. */
  Optional<Manifest> config() {
    return of("ConfigMap").stream()
        .filter(one -> one.name().matches(CONFIG + "(-[a-z0-9]+)?"))
        .findFirst();
  }

  /** The settings, as the processes read them. */
  Map<String, String> settings() {
    Properties properties = new Properties();
    try {
      properties.load(new StringReader(propertiesText()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<String, String> settings = new TreeMap<>();
    properties.stringPropertyNames().forEach(key -> settings.put(key, properties.getProperty(key)));
    return settings;
  }

  String propertiesText() {
    return config().map(one -> one.root().path("data").path(PROPERTIES).asString("")).orElse("");
  }

  /** With one value put at a place, or without the place when it is empty. */
  Manifests with(String kind, String name, String pointer, String value) {
    List<Manifest> edited = new ArrayList<>(all);
    Manifest old = find(kind, name).orElseThrow();
    edited.remove(old);
    if (!pointer.isEmpty()) {
      JsonNode copy = old.root().deepCopy();
      Edit.put(copy, pointer, value.isEmpty() ? null : JSON.readTree(value));
      edited.add(new Manifest(copy));
    }
    return new Manifests(edited);
  }

  /** With this setting. */
  Manifests withSetting(String key, String value) {
    Manifest old = config().orElseThrow();
    return with(
        old.kind(),
        old.name(),
        "/data/" + PROPERTIES,
        JSON.writeValueAsString(
            "%s\n%s=%s\n"
                .formatted(propertiesText().replaceFirst("(?m)^" + key + "=.*$", ""), key, value)));
  }

  /** With another manifest. */
  Manifests and(String json) {
    List<Manifest> more = new ArrayList<>(all);
    more.add(new Manifest(JSON.readTree(json)));
    return new Manifests(more);
  }

  static Stream<JsonNode> stream(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }

  static Map<String, String> strings(JsonNode object) {
    Map<String, String> strings = new TreeMap<>();
    object.properties().forEach(one -> strings.put(one.getKey(), one.getValue().asString("")));
    return strings;
  }

  /** Whether labels are those that a selector asks for; an empty one takes all. */
  static boolean selects(JsonNode matchLabels, Map<String, String> labels) {
    return labels.entrySet().containsAll(strings(matchLabels).entrySet());
  }
}
