package dev.tailrace.edge.console;

import dev.tailrace.edge.desk.OperatorDesk;
import dev.tailrace.edge.desk.RefusedException;
import dev.tailrace.schemas.Channels;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.support.config.Setting;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.eclipse.jetty.util.Fields;

/**
 * Reads the queries of the console's views. A parameter that is not known, is missing, comes twice
 * or makes no sense is refused.
 *
 * <p>Threading: stateless.
 */
final class Questions {
  static final int MOST_LETTERS = 500;

  private static final int USUAL_LETTERS = 50;
  private static final int LONGEST_ID = 1_000;
  private static final Duration LONGEST_SINCE = Duration.ofHours(24);
  private static final Setting<Duration> SPAN = Setting.duration("since", "15m", "");

  private Questions() {}

  static Function<OperatorDesk, Map<String, Object>> user(Fields query) {
    only(query, Set.of("name"));
    String name = userName(required(query, "name"));
    return desk -> desk.user(name);
  }

  static Function<OperatorDesk, Map<String, Object>> channel(Fields query) {
    only(query, Set.of("name"));
    String name = channelName(required(query, "name"));
    return desk -> desk.channel(name);
  }

  static Function<OperatorDesk, Map<String, Object>> slots(Fields query) {
    only(query, Set.of());
    return OperatorDesk::slots;
  }

  static Function<OperatorDesk, Map<String, Object>> deadLetters(Fields query) {
    only(query, Set.of("limit"));
    String limit = query.getValue("limit");
    int most = limit == null ? USUAL_LETTERS : (int) number("limit", limit, 1, MOST_LETTERS);
    return desk -> desk.deadLetters(most);
  }

  static Function<OperatorDesk, Map<String, Object>> trace(Fields query) {
    if (query.get("event") == null) {
      only(query, Set.of("lane", "generation", "partition", "offset"));
      LanePartition partition =
          new LanePartition(
              lane(required(query, "lane")),
              (int) number(query, "generation", 1, Integer.MAX_VALUE),
              (int) number(query, "partition", 0, Integer.MAX_VALUE));
      long offset = number(query, "offset", 0, Long.MAX_VALUE);
      return desk -> desk.trace(partition, offset);
    }
    only(query, Set.of("event", "since"));
    String id = required(query, "event");
    if (id.length() > LONGEST_ID) {
      throw RefusedException.badRequest("no event has an id of more than a thousand characters");
    }
    String text = query.getValue("since");
    Duration since = span("since", text == null ? SPAN.defaultText() : text, LONGEST_SINCE);
    return desk -> desk.trace(id, since);
  }

  private static void only(Fields query, Set<String> known) {
    for (Fields.Field field : query) {
      if (!known.contains(field.getName())) {
        throw RefusedException.badRequest(
            known.isEmpty()
                ? "there are no parameters"
                : "the parameters are " + String.join(", ", known.stream().sorted().toList()));
      }
      if (field.getValues().size() > 1) {
        throw RefusedException.badRequest(field.getName() + " is given twice");
      }
    }
  }

  private static String required(Fields query, String name) {
    String value = query.getValue(name);
    if (value == null || value.isEmpty()) {
      throw RefusedException.badRequest(name + " is missing");
    }
    return value;
  }

  private static long number(Fields query, String name, long least, long most) {
    return number(name, required(query, name), least, most);
  }

  private static long number(String name, String text, long least, long most) {
    try {
      long value = Long.parseLong(text);
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw RefusedException.badRequest(
          "%s is a whole number from %d to %d".formatted(name, least, most));
    }
    throw RefusedException.badRequest(
        "%s is a whole number from %d to %d".formatted(name, least, most));
  }

  private static Lane lane(String name) {
    List<Lane> lanes = Arrays.asList(Lane.values());
    return lanes.stream()
        .filter(lane -> lane.name().toLowerCase(Locale.ROOT).equals(name))
        .findFirst()
        .orElseThrow(() -> RefusedException.badRequest("lane is users or channels"));
  }

  static String userName(String name) {
    if (!Channels.isName(name)) {
      throw RefusedException.badRequest("a user is 1-200 bytes of A-Za-z0-9_.:/-");
    }
    return name;
  }

  static String channelName(String name) {
    if (!Channels.isChannel(name)) {
      throw RefusedException.badRequest(
          "a channel is 1-200 bytes of A-Za-z0-9_.:/-, or $broadcast");
    }
    return name;
  }

  /** A span of time such as 15m, longer than nothing. */
  static Duration span(String name, String text, Duration longest) {
    Duration span;
    try {
      span = SPAN.parser().apply(text);
    } catch (IllegalArgumentException e) {
      throw RefusedException.badRequest("%s %s".formatted(name, e.getMessage()));
    }
    if (span.isZero() || span.isNegative() || span.compareTo(longest) > 0) {
      throw RefusedException.badRequest(
          "%s is longer than nothing and %d h at most".formatted(name, longest.toHours()));
    }
    return span;
  }
}
