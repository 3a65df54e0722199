package dev.tailrace.edge.http;

import dev.tailrace.support.config.Settings;
import java.util.HashMap;
import java.util.Map;

/** Configurations on free loopback ports. */
final class Configs {
  private Configs() {}

  static HttpConfig with(String... keysAndValues) {
    Map<String, String> values = new HashMap<>();
    values.put("edge.port", "0");
    values.put("edge.operator.port", "0");
    for (int i = 0; i < keysAndValues.length; i += 2) {
      values.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return HttpConfig.from(Settings.of(values));
  }
}
