package dev.tailrace.terraform;

import dev.tailrace.schemas.Topics;
import dev.tailrace.terraform.Deployment.Container;
import dev.tailrace.terraform.Deployment.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Which part reads and writes which of our topics, held against what its role allows. What is
 * written is exactly that; what is read is that at least.
 */
final class TopicRights {
  private static final String READ = "kafka-cluster:ReadData";
  private static final String WRITE = "kafka-cluster:WriteData";

  /** Lanes have later generations, which come when they grow. */
  private static final Set<String> LANES =
      Set.of(Topics.USERS, Topics.CHANNELS, Topics.USERS + ".g2", Topics.CHANNELS + ".g17");

  private static final Set<String> OTHERS =
      Set.of(
          Topics.EVENTS,
          Topics.DEAD_LETTERS,
          Topics.CONTROL,
          Topics.EDGES,
          Topics.SLOTS,
          Topics.FLEET);

  /** By the word that a container is started with; a command of an operator is {@code slots}. */
  private static final Map<String, Set<String>> WRITTEN =
      Map.of(
          "edge", Set.of(Topics.EVENTS, Topics.EDGES, Topics.FLEET),
          "dispatcher", and(LANES, Topics.DEAD_LETTERS, Topics.SLOTS, Topics.FLEET),
          "slots", Set.of(Topics.CONTROL, Topics.SLOTS));

  private static final Map<String, Set<String>> FOLLOWED =
      Map.of(
          "edge", and(LANES, Topics.CONTROL, Topics.EDGES, Topics.SLOTS, Topics.FLEET),
          "dispatcher", and(LANES, Topics.EVENTS, Topics.EDGES, Topics.SLOTS),
          "slots", Set.of(Topics.CONTROL, Topics.SLOTS));

  private TopicRights() {}

  static List<String> violations(Deployment deployment) {
    List<String> broken = new ArrayList<>();
    for (Container container : deployment.containers()) {
      Set<String> written = WRITTEN.get(container.part());
      if (written != null) {
        List<JsonNode> statements = statements(deployment, container);
        Set<String> read = FOLLOWED.getOrDefault(container.part(), Set.of());
        for (String topic : Stream.concat(LANES.stream(), OTHERS.stream()).sorted().toList()) {
          boolean writes = written.contains(topic);
          if (writes != allows(statements, WRITE, topic)) {
            broken.add(container.name() + (writes ? " may not write " : " may write ") + topic);
          }
          if (read.contains(topic) && !allows(statements, READ, topic)) {
            broken.add(container.name() + " may not read " + topic);
          }
        }
      }
    }
    return broken;
  }

  /** Of the role that this container's task has. */
  private static List<JsonNode> statements(Deployment deployment, Container container) {
    String role = container.task().text("task_role_arn");
    List<String> ids =
        deployment.of("aws_iam_role").stream()
            .filter(one -> one.text("arn").equals(role))
            .map(one -> one.text("id"))
            .toList();
    List<JsonNode> statements = new ArrayList<>();
    for (Resource policy : deployment.of("aws_iam_role_policy")) {
      if (ids.contains(policy.text("role"))) {
        JsonMapper.shared()
            .readTree(policy.text("policy"))
            .path("Statement")
            .forEach(statements::add);
      }
    }
    return statements;
  }

  private static boolean allows(List<JsonNode> statements, String action, String topic) {
    return statements.stream()
        .filter(one -> one.path("Effect").asString("").equals("Allow"))
        .filter(one -> texts(one.path("Action")).anyMatch(action::equals))
        .flatMap(one -> texts(one.path("Resource")))
        .filter(resource -> resource.contains(":topic/"))
        .map(resource -> resource.substring(resource.lastIndexOf('/') + 1))
        .anyMatch(name -> matches(name, topic));
  }

  /** IAM knows {@code *} for any characters. */
  private static boolean matches(String name, String topic) {
    String pattern = Pattern.quote(name).replace("*", "\\E.*\\Q");
    return Pattern.matches(pattern, topic);
  }

  private static Stream<String> texts(JsonNode values) {
    return values.isArray()
        ? Deployment.stream(values).map(one -> one.asString(""))
        : Stream.of(values.asString(""));
  }

  private static Set<String> and(Set<String> some, String... others) {
    return Stream.concat(some.stream(), Stream.of(others)).collect(Collectors.toUnmodifiableSet());
  }
}
