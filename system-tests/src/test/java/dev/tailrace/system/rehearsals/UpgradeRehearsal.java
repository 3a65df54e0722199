package dev.tailrace.system.rehearsals;

import dev.tailrace.system.Crowd;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** From the build before to this one, process by process, and back. */
class UpgradeRehearsal {
  private static final int NEWS = 50;

  private final Steps steps = new Steps("upgrade");

  @Test
  @Timeout(value = 30, unit = TimeUnit.MINUTES) // the build before may have to be built
  void shouldLoseNothingWhileReleasesAreMixed() throws Exception {
    Build before = Build.previous();
    steps.say("starts all of {}", before.name());
    try (Topology topology = Topology.start(before);
        Crowd crowd = topology.crowd("upgrade")) {
      crowd.awaitNews(NEWS);

      dispatchers(topology, crowd, Build.current());
      edges(topology, crowd, Build.current());
      steps.say("topics check: {}", topology.tailrace("topics", "check").done().strip());
      crowd.awaitNews(NEWS);

      steps.say("goes back");
      edges(topology, crowd, before);
      dispatchers(topology, crowd, before);
      crowd.awaitNews(NEWS);

      crowd.assertWhole();
      steps.say("nothing was lost, repeated, out of order or told as a gap");
    }
  }

  private void dispatchers(Topology topology, Crowd crowd, Build build) throws Exception {
    for (int i = 0; i < topology.moreDispatchers(); i++) {
      topology.replaceDispatcher(i, build);
      steps.say("dispatcher {} is of {}", i + 1, build.name());
      crowd.awaitNewsEverywhere();
    }
  }

  /** Clients take their cursors from edges of one build to those of the other all the while. */
  private void edges(Topology topology, Crowd crowd, Build build) throws Exception {
    for (int i = 0; i < topology.moreEdges(); i++) {
      topology.replaceEdge(i, build);
      steps.say("edge {} is of {}", i + 1, build.name());
      for (int j = 0; j < 3; j++) {
        crowd.hop();
        crowd.awaitNewsEverywhere();
      }
    }
  }
}
