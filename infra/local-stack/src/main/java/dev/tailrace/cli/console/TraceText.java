package dev.tailrace.cli.console;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * The console's answer to a trace, in words: who gets it, through which partition, where it is now.
 *
 * <p>Threading: stateless.
 */
public final class TraceText {
  private static final int MOST_CONNECTIONS = 20;

  private TraceText() {}

  /** Without any control character. */
  public static List<String> lines(JsonNode answer) {
    List<String> lines = new ArrayList<>();
    JsonNode event = answer.path("event");
    if (event.isObject()) {
      lines.add(event(event));
    }
    List<JsonNode> deliveries = answer.path("deliveries").valueStream().toList();
    JsonNode deadLetter = answer.path("dead_letter");
    if (deadLetter.isObject()) {
      addDeadLetter(lines, deadLetter);
    }
    deliveries.forEach(one -> addDelivery(lines, one));
    if (!isFound(answer)) {
      lines.add("not found");
    } else if (deliveries.isEmpty() && !deadLetter.isObject()) {
      lines.add("it is in ingress, and in no lane yet: no dispatcher has routed it");
    }
    JsonNode source = answer.path("source");
    if (source.isObject() && deliveries.isEmpty()) {
      lines.add("written to " + place(source));
    }
    addSearched(lines, answer.path("searched"));
    return lines;
  }

  /** Whether it was. */
  public static boolean isFound(JsonNode answer) {
    return answer.path("found").asBoolean(false);
  }

  private static String event(JsonNode event) {
    return "event %s  type %s  time %s  %s bytes"
        .formatted(
            text(event, "id"), text(event, "type"), text(event, "time"), number(event, "size"));
  }

  private static void addDeadLetter(List<String> lines, JsonNode letter) {
    String detail = letter.path("detail").asString("");
    lines.add(
        "nobody gets it, it is a dead letter: %s%s"
            .formatted(text(letter, "reason"), detail.isEmpty() ? "" : ", " + Cells.shown(detail)));
    if (letter.path("source").isObject()) {
      lines.add("  from " + place(letter.path("source")));
    }
  }

  private static void addDelivery(List<String> lines, JsonNode delivery) {
    String addresses =
        delivery
            .path("addresses")
            .valueStream()
            .map(one -> Cells.shown(one.asString("")))
            .collect(Collectors.joining(", "));
    lines.add(
        "for %s %s: generation %s, partition %s, offset %s"
            .formatted(
                text(delivery, "lane"),
                addresses,
                number(delivery, "generation"),
                number(delivery, "partition"),
                number(delivery, "offset")));
    lines.add(
        "  written %s from %s"
            .formatted(text(delivery, "written"), place(delivery.path("source"))));
    List<JsonNode> edges = delivery.path("edges").valueStream().toList();
    edges.forEach(edge -> addEdge(lines, edge));
    if (edges.isEmpty()) {
      lines.add("  no edge follows it: nobody who is connected asks for it");
    }
    String missing =
        delivery
            .path("missing")
            .valueStream()
            .map(one -> Cells.shown(one.asString("")))
            .collect(Collectors.joining(", "));
    if (!missing.isEmpty()) {
      lines.add("  no answer from " + missing);
    }
  }

  private static void addEdge(List<String> lines, JsonNode edge) {
    lines.add(
        "  %s %s: %s followers, %s have it, %s wait"
            .formatted(
                text(edge, "process"),
                edge.path("read").asBoolean(false) ? "has read it" : "has not read it yet",
                number(edge, "followers"),
                number(edge, "delivered"),
                number(edge, "waiting")));
    List<JsonNode> connections = edge.path("connections").valueStream().toList();
    connections.stream().limit(MOST_CONNECTIONS).forEach(one -> lines.add(connection(one)));
    if (connections.size() > MOST_CONNECTIONS) {
      lines.add("    ... and %,d more".formatted(connections.size() - MOST_CONNECTIONS));
    }
  }

  private static String connection(JsonNode one) {
    String user = one.path("user").asString("");
    return "    %s  %s  %s  %s  from %s since %s  %s bytes pending"
        .formatted(
            one.path("delivered").asBoolean(false) ? "has it" : "waits ",
            user.isEmpty() ? "(no user)" : "user " + Cells.shown(user),
            text(one, "transport"),
            text(one, "state"),
            text(one, "address"),
            text(one, "since"),
            number(one, "pending_bytes"));
  }

  private static void addSearched(List<String> lines, JsonNode searched) {
    if (!searched.isObject()) {
      return;
    }
    lines.add(
        "searched %s records from %s on%s"
            .formatted(
                number(searched, "records"),
                text(searched, "from"),
                searched.path("complete").asBoolean(true)
                    ? ""
                    : ", which is not all: give a shorter --since, or its lane, partition and"
                        + " offset"));
  }

  private static String place(JsonNode source) {
    return "%s-%s@%s"
        .formatted(text(source, "topic"), number(source, "partition"), number(source, "offset"));
  }

  private static String text(JsonNode node, String name) {
    String text = Cells.shown(node.path(name).asString(""));
    return text.isEmpty() ? "-" : text;
  }

  /** Not grouped: it is for copying. */
  private static String number(JsonNode node, String name) {
    return node.path(name).isNumber() ? node.path(name).toString() : "-";
  }
}
