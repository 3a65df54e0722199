package dev.tailrace.system.rehearsals;

import dev.tailrace.system.Crowd;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What {@code infra/compose} describes, as processes, under clients of all transports behind its
 * proxy: a dispatcher and an edge are killed, edges drained by signal and by console, and each has
 * a successor, with {@code -Prehearsals}. All are of one build: between two releases it is {@code
 * UpgradeRehearsal}.
 */
class TopologyFaults {
  private static final int NEWS = 20;

  @Test
  @Timeout(value = 8, unit = TimeUnit.MINUTES) // each wait is bounded; processes start slowly
  void shouldLoseNothingWhileItsProcessesAreKilledDrainedAndReplaced() throws Exception {
    Assumptions.assumeTrue(Proxy.find().isPresent(), Proxy.MISSING);
    try (Topology topology = Topology.start(Build.current());
        Crowd crowd = topology.crowd("topology")) {
      crowd.awaitNews(NEWS);

      topology.dispatchers().kill(0);
      topology.edges().kill(0);
      crowd.awaitNewsEverywhere();
      topology.dispatchers().begin(0);
      topology.startEdge(0);

      topology.replaceEdge(1, Build.current());
      crowd.awaitNewsEverywhere();
      topology.startDispatcher(0);
      topology.replaceDispatcher(1, Build.current());

      topology.drainByConsole(2);
      crowd.awaitNewsEverywhere();
      topology.startEdge(2);
      crowd.awaitNews(NEWS);

      crowd.assertWhole();
    }
  }
}
