package dev.tailrace.system.rehearsals;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.system.Crowd;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** From an empty Kafka to clients who are served, and nothing for the doctor to find. */
class DeployRehearsal {
  private final Steps steps = new Steps("deploy");

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void shouldServeFromNothing() throws Exception {
    try (Topology topology = new Topology(Build.current())) {
      topology.startBrokers();
      steps.say("Kafka serves");
      topology.tailrace("topics", "create").done();
      steps.say("topics check: {}", topology.tailrace("topics", "check").done().strip());
      for (int i = 0; i < topology.moreDispatchers(); i++) {
        topology.startDispatcher(i);
      }
      steps.say("the dispatchers are ready");
      for (int i = 0; i < topology.moreEdges(); i++) {
        topology.startEdge(i);
      }
      topology.startProxy();
      steps.say("the edges are ready, and the proxy sends clients to them");

      String found = doctor(topology);
      assertThat(found).doesNotContain("problem:");
      steps.say("the doctor says:\n{}", found);
      try (Crowd crowd = topology.crowd("deploy")) {
        crowd.awaitNewsEverywhere();
        crowd.assertWhole();
      }
      steps.say("clients of all transports are served");
    }
  }

  private static String doctor(Topology topology) throws Exception {
    return topology
        .tailrace(
            "doctor",
            "--edge",
            "http://127.0.0.1:" + topology.edgeOperatorPort(0),
            "--edge",
            "http://127.0.0.1:" + topology.edgeOperatorPort(1),
            "--edge",
            "http://127.0.0.1:" + topology.edgeOperatorPort(2),
            "--public-url",
            topology.url(),
            "--token",
            topology.token("doctor"))
        .done()
        .strip();
  }
}
