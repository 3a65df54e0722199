package dev.tailrace.edge.console;

import dev.tailrace.edge.desk.OperatorActions;
import dev.tailrace.edge.desk.RefusedException;
import dev.tailrace.schemas.Channels;
import dev.tailrace.schemas.Lane;
import dev.tailrace.v1.Revocation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What may be done by the console, and how it is asked for: a JSON object with these fields and no
 * others, none twice.
 */
enum Action {
  DISCONNECT("disconnect", Set.of("user", "reason", "everybody")),
  REVOKE("revoke", Set.of("user", "token_id", "channel", "everybody", "expires")),
  DRAIN("drain", Set.of("process", "instance")),
  ISOLATE("isolate", Set.of("user", "channel"));

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
  private static final String EVERYBODY = "everybody";
  private static final int LONGEST_TEXT = 500;

  /** As long as {@code tailrace revoke} has it. */
  private static final String USUAL_EXPIRES = "720h";

  private static final Duration LONGEST_EXPIRES = Duration.ofDays(3_650);

  private final String path;

  @SuppressWarnings("ImmutableEnumChecker") // Set.of makes none that changes
  private final Set<String> fields;

  Action(String path, Set<String> fields) {
    this.path = path;
    this.fields = fields;
  }

  /** The last word of its path. */
  String path() {
    return path;
  }

  /**
   * What a body asks for, to be done by somebody who may wait; it returns what was done, in words.
   *
   * @throws RefusedException when it makes no sense: nothing is to be done then
   */
  Function<OperatorActions, String> read(byte[] body) {
    Map<String, JsonNode> given = object(body);
    return switch (this) {
      case DISCONNECT -> disconnect(given);
      case REVOKE -> revoke(given);
      case DRAIN -> {
        String process = required(given, "process");
        String instance = required(given, "instance");
        yield actions -> actions.drain(process, instance);
      }
      case ISOLATE -> isolate(given);
    };
  }

  private Map<String, JsonNode> object(byte[] body) {
    JsonNode tree;
    try {
      tree = JSON.readTree(body);
    } catch (JacksonException e) {
      throw RefusedException.badRequest("the body is no JSON object, or has a field twice");
    }
    if (!tree.isObject()) {
      throw RefusedException.badRequest("the body is no JSON object");
    }
    for (String name : tree.propertyNames()) {
      if (!fields.contains(name)) {
        throw RefusedException.badRequest(
            "the fields are " + String.join(", ", fields.stream().sorted().toList()));
      }
    }
    return tree.properties().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private static Function<OperatorActions, String> disconnect(Map<String, JsonNode> given) {
    String user = text(given, "user");
    String reason = text(given, "reason");
    if (isEverybody(given) != user.isEmpty()) {
      throw RefusedException.badRequest("disconnect whom? user or everybody");
    }
    if (!user.isEmpty()) {
      Questions.userName(user);
    }
    return actions -> actions.disconnect(user, reason);
  }

  private static Function<OperatorActions, String> revoke(Map<String, JsonNode> given) {
    String user = text(given, "user");
    String tokenId = text(given, "token_id");
    String channel = text(given, "channel");
    boolean everybody = isEverybody(given);
    boolean grants = !user.isEmpty() || !channel.isEmpty();
    if (Stream.of(everybody, !tokenId.isEmpty(), grants).filter(one -> one).count() != 1) {
      throw RefusedException.badRequest(
          "revoke what? user, token_id, channel (of a user, or of all) or everybody");
    }
    if (!user.isEmpty()) {
      Questions.userName(user);
    }
    if (!channel.isEmpty() && !Channels.isName(channel)) {
      throw RefusedException.badRequest(
          "a channel is 1-200 bytes of A-Za-z0-9_.:/-; $broadcast needs no grant");
    }
    String expires = text(given, "expires");
    Duration holds =
        Questions.span("expires", expires.isEmpty() ? USUAL_EXPIRES : expires, LONGEST_EXPIRES);
    Revocation what =
        Revocation.newBuilder()
            .setSubject(user)
            .setTokenId(tokenId)
            .setChannel(channel)
            .setEverybody(everybody)
            .build();
    return actions -> actions.revoke(what, holds);
  }

  private static Function<OperatorActions, String> isolate(Map<String, JsonNode> given) {
    List<String> names = List.of(text(given, "user"), text(given, "channel"));
    if (names.stream().filter(one -> !one.isEmpty()).count() != 1) {
      throw RefusedException.badRequest("isolate what? user or channel");
    }
    if (names.getFirst().isEmpty()) {
      String channel = Questions.channelName(names.getLast());
      return actions -> actions.isolate(Lane.CHANNELS, channel);
    }
    String user = Questions.userName(names.getFirst());
    return actions -> actions.isolate(Lane.USERS, user);
  }

  /** False is as good as nothing. */
  private static boolean isEverybody(Map<String, JsonNode> given) {
    JsonNode everybody = given.get(EVERYBODY);
    if (everybody != null && !everybody.isBoolean()) {
      throw RefusedException.badRequest("everybody is true or false");
    }
    return everybody != null && everybody.booleanValue();
  }

  private static String required(Map<String, JsonNode> given, String name) {
    String text = text(given, name);
    if (text.isEmpty()) {
      throw RefusedException.badRequest(name + " is missing");
    }
    return text;
  }

  /** Empty when it is not there. */
  private static String text(Map<String, JsonNode> given, String name) {
    JsonNode value = given.get(name);
    if (value == null) {
      return "";
    }
    if (!value.isString() || value.stringValue().length() > LONGEST_TEXT) {
      throw RefusedException.badRequest(
          "%s is a text of %d characters at most".formatted(name, LONGEST_TEXT));
    }
    return value.stringValue();
  }
}
