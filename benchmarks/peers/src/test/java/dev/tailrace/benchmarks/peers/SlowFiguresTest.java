package dev.tailrace.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.benchmarks.BenchResult.Second;
import dev.tailrace.benchmarks.peers.Outcome.SlowReaders;
import dev.tailrace.benchmarks.peers.Scenario.Server;
import java.util.List;
import org.junit.jupiter.api.Test;

class SlowFiguresTest {
  private static final Scenario SLOW = Scenario.of("slow-100-ws");

  private static Outcome outcome(Server server, double allRead, double someSlow) {
    return Outcome.slowed(
        SLOW, server, 1, new SlowReaders(Loads.of(40, allRead, 0), Loads.of(40, someSlow, 2)));
  }

  @Test
  void shouldHoldBothRunsAgainstEachOther() {
    String table =
        Comparisons.markdown(
            List.of(outcome(Server.NCHAN, 10, 30), outcome(Server.TAILRACE, 20, 22)));

    assertThat(table)
        .contains(
            "| p99 of the others by p99 when all read | tailrace | 1.10 | 1.10 |  |  |",
            "| p99 of the others by p99 when all read | nchan | 3.00 | 3.00 |  |  |",
            "| all read: p99, ms | nchan | 10.00 | 10.00 | 2.00 | 2.00 |",
            "| 1 % slow: connections ended by the server | nchan | 2 | 2 |  |  |",
            "| 1 % slow: events to a slow one | nchan | 15 | 15 |  |  |",
            "| 1 % slow: RSS growth, MiB | tailrace | 20.0 | 20.0 |  |  |");
  }

  @Test
  void shouldTakeTheFirstAndTheLastMinuteOrAThirdOfShorterRuns() {
    assertThat(SlowFigures.firstMib(Loads.rising(300))).isEqualTo(29.5);
    assertThat(SlowFigures.lastMib(Loads.rising(300))).isEqualTo(269.5);
    assertThat(SlowFigures.firstMib(Loads.rising(30))).isEqualTo(4.5);
    assertThat(SlowFigures.lastMib(Loads.rising(30))).isEqualTo(24.5);
    assertThat(SlowFigures.lastMib(Loads.rising(1))).isEqualTo(0);
    assertThat(SlowFigures.firstMib(List.of())).isNull();
    assertThat(SlowFigures.firstMib(List.of(new Second(1, 1, 1, List.of())))).isNull();
  }
}
