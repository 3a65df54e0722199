package dev.tailrace.system.rehearsals;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.schemas.Topics;
import dev.tailrace.system.Crowd;
import java.util.List;
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
      for (int i = 0; i < topology.moreEdges(); i++) {
        var _ = topology.edges().terminate(i);
      }
      steps.say("no edge runs");
      for (int i = 0; i < topology.moreDispatchers(); i++) {
        topology.startDispatcher(i);
      }
      steps.say("a dispatcher has made it anew");
      for (int i = 0; i < topology.moreEdges(); i++) {
        topology.startEdge(i);
      }
      crowd.awaitNewsEverywhere();

      crowd.assertWholeOrTold();
      assertThat(crowd.gapReasons()).isNotEmpty().containsOnly("generation");
      steps.say("clients go on, and were told {} gaps `generation`", crowd.gapReasons().size());
    }
  }
}
