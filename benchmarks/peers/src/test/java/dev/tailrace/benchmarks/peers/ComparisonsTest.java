package dev.tailrace.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.benchmarks.BenchResult.Connecting;
import dev.tailrace.benchmarks.BenchResult.Memory;
import dev.tailrace.benchmarks.BenchResult.Percentiles;
import dev.tailrace.benchmarks.peers.Figure.Comparison;
import dev.tailrace.benchmarks.peers.Scenario.Server;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonsTest {
  private static final Scenario STORM = Scenario.of("storm-100-ws");
  private static final Scenario IDLE = Scenario.of("idle-100-ws");

  private static Outcome storm(Server server, int round, double perSecond) {
    return Outcome.connected(STORM, server, round, connecting(perSecond, List.of()));
  }

  private static Connecting connecting(double perSecond, List<Memory> memory) {
    Percentiles toOpen = new Percentiles(1, 1, 1, perSecond / 100, 1, 1, 1);
    return new Connecting(100, 0, "", 1, perSecond, toOpen, null, memory);
  }

  @Test
  void shouldTakeTheMiddleOne() {
    assertThat(Comparisons.median(List.of(5.0, 1.0, 3.0))).isEqualTo(3.0);
    assertThat(Comparisons.median(List.of(4.0, 1.0, 3.0, 2.0))).isEqualTo(2.5);
    assertThat(Comparisons.median(Arrays.asList(null, 7.0, null))).isEqualTo(7.0);
    assertThat(Comparisons.median(Arrays.asList((Double) null))).isNull();
  }

  @Test
  void shouldCompareRoundByRound() {
    List<Double> ours = Arrays.asList(4.0, null, 9.0);
    List<Double> theirs = Arrays.asList(2.0, 5.0, 3.0);

    assertThat(Comparisons.compare(Comparison.RATIO, ours, theirs)).containsExactly(2.0, null, 3.0);
    assertThat(Comparisons.compare(Comparison.DIFFERENCE, ours, theirs))
        .containsExactly(2.0, null, 6.0);
  }

  @Test
  void shouldShowTheMedianOfTheRatiosAndNotTheRatioOfTheMedians() {
    String table =
        Comparisons.markdown(
            List.of(
                storm(Server.JETTY, 1, 1_000),
                storm(Server.TAILRACE, 1, 800),
                storm(Server.JETTY, 2, 4_000),
                storm(Server.TAILRACE, 2, 2_000),
                storm(Server.JETTY, 3, 2_000),
                storm(Server.TAILRACE, 3, 1_800)));

    assertThat(table)
        .contains(
            "## storm-100-ws",
            "| connects/s | tailrace | 1,800 | 800 2,000 1,800 |  |  |",
            "| connects/s | jetty | 2,000 | 1,000 4,000 2,000 | 0.80 0.50 0.90 | 0.80 |");
  }

  @Test
  void shouldLeaveAGapWhereARoundFailed() {
    String table =
        Comparisons.markdown(
            List.of(
                Outcome.failed(STORM, Server.JETTY, 1, "it would not start"),
                storm(Server.TAILRACE, 1, 800),
                storm(Server.JETTY, 2, 1_000),
                storm(Server.TAILRACE, 2, 900)));

    assertThat(table)
        .contains(
            "| connects/s | jetty | 1,000 | - 1,000 | - 0.90 | 0.90 |",
            "jetty, round 1 failed: it would not start");
  }

  @Test
  void shouldShowMemoryAsADifference() {
    Memory ours = new Memory("edge", List.of(), 0, 0, 6_144, 0L, 0L, 3_072.0);
    Memory theirs = new Memory("server", List.of(), 0, 0, 5_120, 0L, 0L, 2_048.0);

    String table =
        Comparisons.markdown(
            List.of(
                Outcome.connected(IDLE, Server.JETTY, 1, connecting(1, List.of(theirs))),
                Outcome.connected(IDLE, Server.TAILRACE, 1, connecting(1, List.of(ours)))));

    assertThat(table)
        .contains(
            "| heap per connection, KiB | jetty | 2.00 | 2.00 | 1.00 | 1.00 |",
            "| RSS per connection, KiB | jetty | 5.00 | 5.00 | 1.00 | 1.00 |")
        .doesNotContain("kernel");
  }
}
