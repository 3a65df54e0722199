package dev.tailrace.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.benchmarks.Bench;
import dev.tailrace.benchmarks.Bench.Session;
import dev.tailrace.benchmarks.BenchResult.Load;
import dev.tailrace.benchmarks.LoadPlan;
import dev.tailrace.benchmarks.LoadPublisher;
import dev.tailrace.benchmarks.peers.PeerServer.Transport;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The bare server under the load that it is there for. */
class BareJettyIT {
  private static Load load(LoadPlan plan, Transport transport) throws Exception {
    try (BareJetty jetty = new BareJetty(0, 0)) {
      jetty.start();
      Bench bench =
          new Bench(
              BareJettyServer.target(jetty.port(), transport, plan),
              plan,
              List.of(),
              line -> {},
              time -> {
                LockSupport.parkNanos(time.toNanos());
                return false;
              });
      try (LoadPublisher publisher = BareJettyServer.publisher(jetty.publishPort(), plan);
          Session session = bench.open(publisher)) {
        assertThat(session.connecting().opened()).isEqualTo(plan.connections());
        return session.run(plan.rate(), 0, plan.seconds());
      }
    }
  }

  private static void assertAllCame(Load load, int deliveries) {
    assertThat(load.delivered()).isEqualTo(deliveries);
    assertThat(load.lost() + load.duplicates() + load.misordered() + load.foreign()).isZero();
    assertThat(load.endedByServer()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void shouldGiveEachEventToAllFollowersOfItsName(Transport transport) throws Exception {
    // 200 events, each for the ten connections of its channel.
    assertAllCame(load(new LoadPlan(20, 2, false, 100, 256, 2, 0, 0, 0, 5), transport), 2_000);
  }

  @ParameterizedTest
  @EnumSource
  void shouldGivePersonalEventsToOneConnection(Transport transport) throws Exception {
    assertAllCame(load(new LoadPlan(20, 20, true, 500, 256, 1, 0, 0, 0, 5), transport), 500);
  }
}
