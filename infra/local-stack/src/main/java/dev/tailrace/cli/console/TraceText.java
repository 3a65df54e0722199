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
    JsonNode ingress = answer.path("ingress");
    if (ingress.isObject()) {
      lines.add(
          "  written %s to %s; dispatched up to %s"
              .formatted(text(ingress, "written"), place(ingress), committed(ingress)));
    }
    addSearched(lines, answer.path("searched"), isFound(answer));
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
    addFollowers(lines, delivery);
  }

  /** Nobody is said to follow it unless all were asked about all of it, and have answered. */
  private static void addFollowers(List<String> lines, JsonNode delivery) {
    long all = delivery.path("address_count").asLong(delivery.path("addresses").size());
    long asked = delivery.path("asked_count").asLong(all);
    if (asked == 0) {
      lines.add("  not asked who follows it: the event has too many addresses");
      return;
    }
    if (asked < all) {
      lines.add("  asked about %d of %d addresses".formatted(asked, all));
    }
    List<JsonNode> edges = delivery.path("edges").valueStream().toList();
    edges.forEach(edge -> addEdge(lines, edge));
    String missing =
        delivery
            .path("missing")
            .valueStream()
            .map(one -> Cells.shown(one.asString("")))
            .collect(Collectors.joining(", "));
    if (!missing.isEmpty()) {
      lines.add((edges.isEmpty() ? "  no edge answered: " : "  no answer from ") + missing);
    } else if (asked >= all
        && edges.stream().mapToLong(edge -> edge.path("followers").asLong(0)).sum() == 0) {
      lines.add("  nobody who is connected follows it");
    }
  }

  private static void addEdge(List<String> lines, JsonNode edge) {
    lines.add(
        "  %s %s: %s followers, %s have it, %s wait"
            .formatted(
                text(edge, "process"),
                reading(edge),
                number(edge, "followers"),
                number(edge, "delivered"),
                number(edge, "waiting")));
    List<JsonNode> connections = edge.path("connections").valueStream().toList();
    connections.stream().limit(MOST_CONNECTIONS).forEach(one -> lines.add(connection(one)));
    if (connections.size() > MOST_CONNECTIONS) {
      lines.add("    ... and %,d more".formatted(connections.size() - MOST_CONNECTIONS));
    }
  }

  /** An edge reads what somebody there follows. */
  private static String reading(JsonNode edge) {
    if (edge.path("read").asBoolean(false)) {
      return "has read it";
    }
    return edge.path("followers").asLong(0) == 0 ? "does not follow it" : "has not read it yet";
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

  private static void addSearched(List<String> lines, JsonNode searched, boolean found) {
    if (!searched.isObject()) {
      return;
    }
    lines.add(
        "searched %s records from %s on%s"
            .formatted(
                number(searched, "records"),
                text(searched, "from"),
                advice(searched.path("complete").asBoolean(true), found)));
  }

  private static String advice(boolean complete, boolean found) {
    if (complete) {
      return found ? "" : ": look further back (--since)";
    }
    return found
        ? ", which is not all: there may be more deliveries"
        : ", which is not all: it may lie before that: give its place (--lane, --partition,"
            + " --offset)";
  }

  private static String committed(JsonNode ingress) {
    return ingress.path("committed_offset").asLong(-1) < 0
        ? "-"
        : number(ingress, "committed_offset");
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
