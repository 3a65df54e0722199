package dev.tailrace.benchmarks;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What one run does.
 *
 * @param mode {@code personal}: event i is for user i modulo the connections; {@code channel}:
 *     every event is for the one channel that all connections follow
 * @param warmupSeconds before anything is counted
 */
record LoadPlan(
    String host,
    int port,
    String bootstrapServers,
    String topic,
    String mode,
    int connections,
    int rate,
    int warmupSeconds,
    int seconds,
    int payloadBytes) {

  private static final Map<String, String> DEFAULTS =
      Map.of(
          "host", "127.0.0.1",
          "port", "8080",
          "bootstrap", "127.0.0.1:9092",
          "topic", "tailrace.events",
          "mode", "personal",
          "connections", "1000",
          "rate", "1000",
          "warmup", "10",
          "seconds", "30",
          "payload", "256");

  static LoadPlan parse(List<String> arguments) {
    Map<String, String> values = new HashMap<>(DEFAULTS);
    for (String argument : arguments) {
      String[] parts = argument.split("=", 2);
      String name = parts[0].startsWith("--") ? parts[0].substring(2) : "";
      if (parts.length != 2 || !DEFAULTS.containsKey(name)) {
        throw new IllegalArgumentException(
            "unknown argument %s; there are --name=value of %s".formatted(argument, DEFAULTS));
      }
      values.put(name, parts[1]);
    }
    String mode = text(values, "mode");
    if (!mode.equals("personal") && !mode.equals("channel")) {
      throw new IllegalArgumentException("mode is personal or channel");
    }
    return new LoadPlan(
        text(values, "host"),
        number(values, "port"),
        text(values, "bootstrap"),
        text(values, "topic"),
        mode,
        number(values, "connections"),
        number(values, "rate"),
        number(values, "warmup"),
        number(values, "seconds"),
        number(values, "payload"));
  }

  private static String text(Map<String, String> values, String name) {
    return values.getOrDefault(name, "");
  }

  private static int number(Map<String, String> values, String name) {
    return Integer.parseInt(text(values, name));
  }

  boolean isPersonal() {
    return mode.equals("personal");
  }

  String path(int connection) {
    return isPersonal() ? "/v1/events?user=bench-" + connection : "/v1/events?channel=bench";
  }

  /** How many deliveries each event makes. */
  int fanOut() {
    return isPersonal() ? 1 : connections;
  }
}
