package dev.tailrace.cli.console;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Snapshots as the console's protocol has them. */
public final class Fleets {
  private static final ObjectMapper JSON = JsonMapper.builder().build();

  private Fleets() {}

  /** Of so many edges and dispatchers, all of them well. */
  public static ObjectNode of(int edges, int dispatchers) {
    ObjectNode snapshot = JSON.createObjectNode();
    snapshot.put("at", "2026-11-30T12:00:00Z");
    snapshot.putObject("kafka").put("reachable", true).put("silent_ms", 300);
    snapshot
        .putObject("totals")
        .put("edges", edges)
        .put("dispatchers", dispatchers)
        .put("silent", 0)
        .put("connections", 400L * edges)
        .put("deliveries_per_s", 1_700.5 * edges)
        .put("delivered_bytes_per_s", 350_000L * edges)
        .put("records_per_s", 120.0)
        .put("published_per_s", 3.25)
        .put("ingress_per_s", 100)
        .put("gaps_per_s", 0)
        .put("slow_per_s", 0.5)
        .put("dead_letters", 4)
        .put("ingress_lag", 0)
        .put("delivery_lag", 12);
    snapshot.putObject("latency").put("p50_ms", 2.1).put("p99_ms", 9.84);
    ArrayNode edgeList = snapshot.putArray("edges");
    for (int i = 1; i <= edges; i++) {
      edgeList.add(edge("edge-%02d".formatted(i)));
    }
    ArrayNode dispatcherList = snapshot.putArray("dispatchers");
    for (int i = 1; i <= dispatchers; i++) {
      dispatcherList.add(dispatcher("dispatcher-" + i));
    }
    ArrayNode hot = snapshot.putArray("hot");
    hot.addObject().put("lane", "channels").put("address", "scores").put("per_s", 40);
    hot.addObject().put("lane", "users").put("address", "42").put("per_s", 0.25);
    snapshot.putObject("gaps").put("retention", 0).put("truncated", 1);
    snapshot.putObject("slow").put("replay", 3);
    snapshot.putObject("closed").put("client", 1_100);
    return snapshot;
  }

  static ObjectNode edge(String process) {
    ObjectNode edge = JSON.createObjectNode();
    edge.put("process", process).put("seen_ms", 800).put("state", "ready");
    edge.putArray("waiting_for");
    edge.putObject("connections").put("total", 400).put("max", 15_000);
    edge.put("deliveries_per_s", 1_700.5)
        .put("delivered_bytes_per_s", 350_000)
        .put("records_per_s", 40)
        .put("gaps_per_s", 0)
        .put("slow_per_s", 0.5)
        .put("lag", 12)
        .put("heap_used", 200_000_000)
        .put("heap_max", 1_000_000_000);
    edge.putObject("latency").put("p50_ms", 2.1).put("p99_ms", 9.84);
    return edge;
  }

  static ObjectNode dispatcher(String process) {
    ObjectNode dispatcher = JSON.createObjectNode();
    dispatcher.put("process", process).put("seen_ms", 800).put("state", "ready");
    dispatcher
        .put("records_per_s", 50)
        .put("deliveries_per_s", 60)
        .put("dead_letters", 4)
        .put("upstream_gaps", 0)
        .put("restarts", 0)
        .put("held_ms", 0)
        .put("partitions", 4)
        .put("lag", 0)
        .put("heap_used", 100_000_000)
        .put("heap_max", 1_000_000_000);
    return dispatcher;
  }

  /** As an edge is told that has not said anything for a while: its rates are unknown. */
  static void silence(JsonNode process, long seenMs) {
    ObjectNode silent = (ObjectNode) process;
    silent.put("state", "silent").put("seen_ms", seenMs);
    silent.putNull("deliveries_per_s").putNull("delivered_bytes_per_s").putNull("records_per_s");
    silent.putNull("gaps_per_s").putNull("slow_per_s");
    silent.putObject("latency").putNull("p50_ms").putNull("p99_ms");
  }

  /** The frame that carries it. */
  public static String frame(JsonNode snapshot) {
    ObjectNode frame = JSON.createObjectNode();
    frame.set("snapshot", snapshot);
    return frame.toString();
  }
}
