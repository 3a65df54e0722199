package dev.tailrace.terraform;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a run has made with a mocked provider: resources with all their values, and outputs. */
final class Deployment {
  private static final JsonMapper JSON = JsonMapper.shared();

  record Resource(String address, String type, JsonNode values) {
    String text(String attribute) {
      return values.path(attribute).asString("");
    }

    /** The first block of this name, as most are there once. */
    JsonNode block(String name) {
      JsonNode block = values.path(name);
      return block.isArray() ? block.path(0) : block;
    }

    boolean lists(String attribute, String value) {
      return stream(values.path(attribute)).anyMatch(one -> one.asString("").equals(value));
    }
  }

  /** A container of a task, and what it is started with. */
  record Container(Resource task, JsonNode definition) {
    String name() {
      return task.address() + " " + definition.path("name").asString("");
    }

    /** Of our processes, what this one is: {@code edge}, {@code dispatcher}, or nothing. */
    String part() {
      return definition.path("command").path(0).asString("");
    }

    Map<String, String> environment() {
      Map<String, String> environment = new TreeMap<>();
      stream(definition.path("environment"))
          .forEach(
              one ->
                  environment.put(one.path("name").asString(""), one.path("value").asString("")));
      return environment;
    }

    List<String> secrets() {
      return stream(definition.path("secrets")).map(one -> one.path("name").asString("")).toList();
    }

    /** The soft and the hard limit of files, whichever is less; 0: none is set. */
    long descriptors() {
      return stream(definition.path("ulimits"))
          .filter(limit -> limit.path("name").asString("").equals("nofile"))
          .mapToLong(
              limit -> Math.min(limit.path("softLimit").asLong(), limit.path("hardLimit").asLong()))
          .findFirst()
          .orElse(0);
    }
  }

  private final List<Resource> resources = new ArrayList<>();
  private final JsonNode outputs;

  private Deployment(JsonNode state) {
    outputs = state.path("outputs");
    collect(state.path("root_module"));
  }

  /** Of all runs that made something, by test file and run. */
  static Map<String, Deployment> all(List<JsonNode> messages) {
    Map<String, Deployment> all = new TreeMap<>();
    for (JsonNode message : messages) {
      if (message.has("test_state")) {
        all.put(message.path("@testrun").asString(""), new Deployment(message.path("test_state")));
      }
    }
    return all;
  }

  private void collect(JsonNode module) {
    for (JsonNode resource : module.path("resources")) {
      if (resource.path("mode").asString("").equals("managed")) {
        resources.add(
            new Resource(
                resource.path("address").asString(""),
                resource.path("type").asString(""),
                resource.path("values")));
      }
    }
    for (JsonNode child : module.path("child_modules")) {
      collect(child);
    }
  }

  List<Resource> of(String type) {
    return resources.stream().filter(resource -> resource.type().equals(type)).toList();
  }

  List<Container> containers() {
    return of("aws_ecs_task_definition").stream()
        .flatMap(
            task ->
                stream(JSON.readTree(task.text("container_definitions")))
                    .map(definition -> new Container(task, definition)))
        .toList();
  }

  /** Those of one of our processes. */
  List<Container> containers(String part) {
    return containers().stream().filter(container -> container.part().equals(part)).toList();
  }

  JsonNode output(String name) {
    return outputs.path(name).path("value");
  }

  static Stream<JsonNode> stream(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }
}
