package dev.tailrace.system.rehearsals;

import dev.tailrace.system.Crowd;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A broker, a dispatcher and an edge go at once, as with their zone; and come back. */
class LoseZoneRehearsal {
  private static final int NEWS = 50;

  private final Steps steps = new Steps("lose a zone");

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void shouldGoOnInTheOtherZones() throws Exception {
    try (Topology topology = Topology.start(Build.current());
        Crowd crowd = topology.crowd("zone")) {
      crowd.awaitNewsEverywhere();

      long goneNs = System.nanoTime();
      topology.brokers().kill(0);
      topology.dispatchers().kill(0);
      topology.edges().kill(0);
      steps.say("a broker, a dispatcher and an edge are gone");
      crowd.awaitNewsEverywhere();
      steps.say(
          "events come again at all addresses; the longest silence at one was {} ms",
          crowd.longestSilence(goneNs, System.nanoTime()).toMillis());
      crowd.awaitNews(NEWS);

      topology.brokers().start(0);
      topology.startDispatcher(0);
      topology.startEdge(0);
      topology.awaitHealthy();
      steps.say("the zone is back: all replicas are in sync, both dispatchers have their share");
      crowd.awaitNews(NEWS);

      crowd.assertWhole();
      steps.say("nothing was lost, repeated, out of order or told as a gap");
    }
  }
}
