package dev.tailrace.system;

import dev.tailrace.testing.history.ClientLog;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code clients/js/tailrace.js} at work in some runtime: what it tells its application, and what
 * the application tells it.
 *
 * <p>Threading: one test thread; what is told may come on another.
 */
abstract class WebClient implements AutoCloseable {
  private static final Pattern STATE =
      Pattern.compile("\"state\":\"(\\w+)\"(?:,\"transport\":\"(\\w+)\")?");

  private final RoamingSight sight;
  private final List<String> states = new CopyOnWriteArrayList<>();
  private final List<String> others = new CopyOnWriteArrayList<>();

  /** What a user gets and these channels. */
  WebClient(ClientLog log, String user, List<String> channels) {
    sight = new RoamingSight(log, user, channels);
  }

  /** Options of {@code connect} as JSON. */
  static String json(Map<String, ?> options) {
    StringBuilder json = new StringBuilder("{");
    options.forEach(
        (name, value) ->
            json.append(json.length() == 1 ? "" : ",")
                .append('"')
                .append(name)
                .append("\":")
                .append(value instanceof String text ? '"' + text + '"' : value));
    return json.append('}').toString();
  }

  /** Something was told: an event, a gap, a state, or what went wrong. */
  final void told(String kind, String body) {
    switch (kind) {
      case "event" -> sight.saw(body);
      case "gap" -> {
        var _ = sight.told(body);
      }
      case "state" -> {
        Matcher state = STATE.matcher(body);
        if (!state.find()) {
          throw new AssertionError(body);
        }
        if (state.group(1).equals("live") && states.stream().noneMatch(s -> s.startsWith("live"))) {
          sight.began();
        }
        states.add(state.group(1) + " " + state.group(2));
      }
      default -> others.add(kind + " " + body);
    }
  }

  /** Takes what was told since, where it does not come by itself. */
  abstract void look();

  /** Calls one of the client's methods that take nothing. */
  abstract void call(String method);

  /** The states so far, each with its transport. */
  final List<String> states() {
    look();
    return states;
  }

  /** The last state. */
  final String state() {
    List<String> all = states();
    return all.isEmpty() ? "" : all.getLast();
  }

  /** Errors, and what nobody caught. */
  final List<String> others() {
    look();
    return others;
  }

  @Override
  public abstract void close();
}
