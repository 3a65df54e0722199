package dev.tailrace.system.rehearsals;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.schemas.Topics;
import dev.tailrace.system.Crowd;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A lane's topic is deleted under everybody, and made anew. */
class RestoreLaneRehearsal {
  private static final int NEWS = 50;

  private final Steps steps = new Steps("restore a lane");

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void shouldTellClientsWhoseLaneWasMadeAnew() throws Exception {
    try (Topology topology = Topology.start(Build.current());
        Crowd crowd = topology.crowd("lane")) {
      crowd.awaitNews(NEWS);

      for (int i = 0; i < topology.moreDispatchers(); i++) {
        var _ = topology.dispatchers().terminate(i);
      }
      topology.admin().deleteTopics(List.of(Topics.CHANNELS)).all().get();
      steps.say("no dispatcher runs, and {} is deleted", Topics.CHANNELS);
      for (int i = 0; i < topology.moreDispatchers(); i++) {
        topology.startDispatcher(i);
      }
      steps.say("a dispatcher has made it anew");
      for (int i = 0; i < topology.moreEdges(); i++) {
        assertThat(topology.edges().awaitEnd(i)).isEqualTo(1);
      }
      steps.say("all edges have ended with code 1");
      for (int i = 0; i < topology.moreEdges(); i++) {
        topology.startEdge(i);
      }
      crowd.awaitNewsEverywhere();

      crowd.assertWholeOrTold();
      Set<String> told = new HashSet<>(crowd.gapReasons());
      // An edge that has not noticed yet finds that the lane's end is before what it has read.
      assertThat(told).contains("generation").isSubsetOf("generation", "truncated");
      steps.say("clients go on, and were told {} gaps {}", crowd.gapReasons().size(), told);
    }
  }
}
