package dev.tailrace.system.rehearsals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.system.Crowd;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A dispatcher and an edge more, and as few as before. */
class ScaleRehearsal {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Steps steps = new Steps("scale out and in");

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void shouldServeWithMoreAndWithFewer() throws Exception {
    try (Topology topology = Topology.start(Build.current());
        Crowd crowd = topology.crowd("scale")) {
      crowd.awaitNewsEverywhere();
      int dispatcher = topology.moreDispatchers();
      int edge = topology.moreEdges();

      topology.startDispatcher(dispatcher);
      topology.awaitHealthy();
      steps.say("a third dispatcher has its share of the ingress partitions");
      topology.startEdge(edge);
      topology.proxy().reload(withFourthEdge());
      steps.say("a fourth edge is ready, and the proxy knows it");
      await("the fourth edge has clients")
          .atMost(PATIENCE)
          .until(
              () -> {
                crowd.hop();
                crowd.awaitNewsEverywhere();
                return topology.metric(edge, "tailrace_edge_connections") > 0;
              });
      steps.say(
          "it holds {} of {} connections",
          Math.round(topology.metric(edge, "tailrace_edge_connections")),
          crowd.size());

      topology.drainByConsole(edge);
      topology.proxy().reload(Topology.proxyConfiguration());
      crowd.awaitNewsEverywhere();
      steps.say("the fourth edge has drained and ended");
      assertThat(topology.dispatchers().terminate(dispatcher)).doesNotContain("ERROR");
      topology.awaitHealthy();
      crowd.awaitNewsEverywhere();
      steps.say("the third dispatcher has left its partitions to the others");

      crowd.assertWhole();
      steps.say("nothing was lost, repeated, out of order or told as a gap");
    }
  }

  private static String withFourthEdge() throws Exception {
    return Topology.proxyConfiguration()
        + "  server edge-4 \"${EDGE_4}\" port \"${EDGE_4_OPERATOR_PORT}\"\n";
  }
}
