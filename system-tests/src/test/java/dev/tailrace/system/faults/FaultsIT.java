package dev.tailrace.system.faults;

import static org.awaitility.Awaitility.await;

import dev.tailrace.system.Crowd;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Clients of all transports, at two edges, miss nothing, get nothing twice, out of order or that is
 * not theirs, and are told of no gap, whatever is done to brokers, dispatchers, edges and links:
 * the short form.
 */
class FaultsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration STAY = Duration.ofMillis(300);
  private static final int HOPS = 8;

  @Test
  @Timeout(value = 12, unit = TimeUnit.MINUTES) // each wait is bounded; processes start slowly
  void shouldLoseRepeatLeakAndReorderNothingWhateverFails() throws Exception {
    try (FaultCluster cluster = new FaultCluster(Map.of());
        Crowd crowd = new Crowd("faults", cluster.bootstrapServers(), cluster.urls())) {
      for (Fault fault :
          List.of(
              ProcessFaults.edgeKilled(),
              ProcessFaults.dispatcherKilled(),
              ProcessFaults.edgeDrained(),
              ProcessFaults.brokerKilled(0),
              ProcessFaults.dispatcherStopped(Duration.ofSeconds(4)),
              ProcessFaults.kafkaStopped(Duration.ofSeconds(5)),
              LinkFaults.edgeStalled(Duration.ofSeconds(3)),
              hopping())) {
        var _ = FaultRound.run(fault, cluster, crowd);
      }

      crowd.assertWhole();
    }
  }

  /** Nothing fails, and clients go from one edge to the other all the time. */
  private static Fault hopping() {
    return Fault.of(
        "clients hop between the edges",
        (cluster, crowd, stage) -> {
          int enough = crowd.timesOpened() + HOPS * crowd.size();
          stage.countsFromNow();
          await("all have hopped often")
              .pollInterval(STAY)
              .atMost(PATIENCE)
              .until(
                  () -> {
                    crowd.hop();
                    return crowd.timesOpened() >= enough;
                  });
        });
  }
}
