package dev.tailrace.system.rehearsals;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.system.Crowd;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Another token of the operator ports, and another of the console. */
class RotateOperatorTokensRehearsal {
  private static final String NEXT_OPERATOR = "the-next-operator-token";
  private static final String NEXT_CONSOLE = "the-next-console-token";

  private final Steps steps = new Steps("rotate operators' tokens");

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void shouldAskForTheNewTokenAfterARollout() throws Exception {
    try (Topology topology = Topology.start(Build.current());
        Crowd crowd = topology.crowd("operators")) {
      crowd.awaitNewsEverywhere();
      String old = topology.secret("operator-token");
      topology.replaceSecret("operator-token", NEXT_OPERATOR);
      topology.replaceSecret("console-token", NEXT_CONSOLE);

      for (int i = 0; i < topology.moreDispatchers(); i++) {
        replaced(topology, topology.dispatcherOperatorPort(i), old, false);
        topology.replaceDispatcher(i, Build.current());
        replaced(topology, topology.dispatcherOperatorPort(i), old, true);
      }
      steps.say("the dispatchers ask for the new token");
      for (int i = 0; i < topology.moreEdges(); i++) {
        replaced(topology, topology.edgeOperatorPort(i), old, false);
        topology.replaceEdge(i, Build.current());
        replaced(topology, topology.edgeOperatorPort(i), old, true);
        crowd.awaitNewsEverywhere();
      }
      steps.say("the edges too; probes were answered all the while");
      topology.drainByConsole(0);
      topology.startEdge(0);
      steps.say("the console acts by its new token");

      crowd.assertWhole();
      steps.say("nothing was lost, repeated, out of order or told as a gap");
    }
  }

  private static void replaced(Topology topology, int port, String old, boolean replaced)
      throws Exception {
    assertThat(metrics(topology, port, old)).isEqualTo(replaced ? 401 : 200);
    assertThat(metrics(topology, port, NEXT_OPERATOR)).isEqualTo(replaced ? 200 : 401);
    // Not 401: while partitions go from one dispatcher to another, one may not be ready.
    assertThat(topology.get(port, "/readyz").statusCode()).isIn(200, 503);
  }

  private static int metrics(Topology topology, int port, String token) throws Exception {
    return topology.get(port, "/metrics", "Authorization", "Bearer " + token).statusCode();
  }
}
