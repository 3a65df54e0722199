package dev.tailrace.system.rehearsals;

import dev.tailrace.support.kafka.IngressSettings;
import dev.tailrace.system.Crowd;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The dispatchers' group is gone, and with it what they have committed. */
class RestoreCommitsRehearsal {
  private static final int NEWS = 50;

  private final Steps steps = new Steps("restore what dispatchers know");

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void shouldGoOnFromWhatTheLanesTell() throws Exception {
    try (Topology topology = Topology.start(Build.current());
        Crowd crowd = topology.crowd("commits")) {
      crowd.awaitNews(NEWS);

      for (int i = 0; i < topology.moreDispatchers(); i++) {
        var _ = topology.dispatchers().terminate(i);
      }
      topology
          .admin()
          .deleteConsumerGroups(List.of(IngressSettings.GROUP.defaultText()))
          .all()
          .get();
      steps.say("no dispatcher runs, and the group is deleted");
      for (int i = 0; i < topology.moreDispatchers(); i++) {
        topology.startDispatcher(i);
      }
      topology.awaitHealthy();
      steps.say("the dispatchers go on from what the lanes tell");
      crowd.awaitNewsEverywhere();

      crowd.assertWhole();
      steps.say("nothing was lost, repeated, out of order or told as a gap");
    }
  }
}
