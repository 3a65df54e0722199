package dev.tailrace.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.benchmarks.BenchResult.Connecting;
import dev.tailrace.benchmarks.BenchResult.Drain;
import dev.tailrace.benchmarks.BenchResult.Memory;
import dev.tailrace.benchmarks.BenchResult.Percentiles;
import dev.tailrace.benchmarks.BenchResult.ProcessLoad;
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
            "| RSS per connection, KiB | jetty | 5.00 | 5.00 | 1.00 | 1.00 |",
            "- tailrace, round 1 the kernel does not say here what it holds for sockets")
        .doesNotContain("kernel per connection");
  }

  @Test
  void shouldShowHowManyWereRefusedBesideTheConnects() {
    Percentiles toOpen = new Percentiles(1, 1, 1, 1, 1, 1, 1);
    Connecting some = new Connecting(98, 2, "the answer was 503", 1, 98, toOpen, null, List.of());

    String table =
        Comparisons.markdown(List.of(Outcome.connected(STORM, Server.TAILRACE, 1, some)));

    assertThat(table)
        .contains(
            "| connects/s | tailrace | 98 | 98 |  |  |",
            "| refused, or not opened | tailrace | 2 | 2 |  |  |",
            "tailrace, round 1 failed: 2 connections could not be opened: the answer was 503");
  }

  @Test
  void shouldTakeWhatWasDrainedForTheMaximumOfTheEdgeAlone() {
    Scenario alone = Scenario.of("alone-100-ws");
    List<ProcessLoad> processes =
        List.of(
            new ProcessLoad("edge", 0.99, 9.5, 40.0, null),
            new ProcessLoad("dispatcher", 0.01, 0.1, null, null),
            new ProcessLoad("broker", 0.2, 1.5, null, null),
            new ProcessLoad("load", 0.5, 4.5, null, null));
    Drain drain = new Drain(500, 5, 100_000, 500, 0, 0, 0, 0, 0, 0.45, processes);

    String table =
        Comparisons.markdown(
            List.of(
                Outcome.drained(
                    alone, 1, connecting(1, List.of()), drain, Loads.of(50_000, 8, 0))));

    assertThat(table)
        .contains(
            "| max deliveries/s | tailrace | 100,000 | 100,000 |  |  |",
            "| at half: p99, ms | tailrace | 8.00 | 8.00 |  |  |",
            "| at maximum: CPU us per delivery, server or edge | tailrace | 9.50 | 9.50 |  |  |",
            "| at maximum: CPU us per delivery, broker | tailrace | 1.50 | 1.50 |  |  |",
            "| at maximum: CPU us per delivery, load client and publisher | tailrace | 4.50 |",
            "| at maximum: load client busy, % | tailrace | 45 | 45 |  |  |",
            "- tailrace, round 1 at maximum: full is edge (edge 99 %,");
  }
}
