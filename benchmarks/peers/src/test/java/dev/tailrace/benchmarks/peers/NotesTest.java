package dev.tailrace.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.benchmarks.BenchResult.ProcessLoad;
import dev.tailrace.benchmarks.BenchResult.Stops;
import java.util.List;
import org.junit.jupiter.api.Test;

class NotesTest {
  private static ProcessLoad process(String name, double share) {
    return new ProcessLoad(name, share, 1, null, null);
  }

  private static String saturated(double edge, double dispatcher, double broker, double load) {
    return Notes.saturated(
        List.of(
            process("edge", edge),
            process("dispatcher", dispatcher),
            process("broker", broker),
            process("load", load)));
  }

  @Test
  void shouldNameTheProcessThatHasNoTimeToSpare() {
    assertThat(saturated(0.97, 0.1, 0.2, 0.3))
        .isEqualTo("full is edge (edge 97 %, dispatcher 10 %, broker 20 %, load 30 %)");
    assertThat(saturated(0.5, 0.1, 0.6, 0.25))
        .startsWith("full is the other core, most of it broker");
    assertThat(saturated(0.95, 0.1, 0.3, 0.55))
        .startsWith("full is edge, and the other core, most of it load");
    assertThat(saturated(0.5, 0.1, 0.2, 0.3)).startsWith("no core is full");
    assertThat(Notes.saturated(List.of(process("server", 1))))
        .isEqualTo("full is server (server 100 %)");
  }

  @Test
  void shouldBlameStopsOnlyWhenTheyAreManyAndLongEnough() {
    Stops stops = new Stops("G1", 4, 0.004, 9, "G1CollectForAllocation");

    assertThat(Notes.stops(stops, 12))
        .isEqualTo(
            "G1, 4 stops, 9.0 ms at most (G1CollectForAllocation), 0.40 % of the time; p99.9 of"
                + " 12.0 ms is theirs, or may be");
    assertThat(Notes.stops(stops, 40)).endsWith("not theirs: they are too short");
    assertThat(Notes.stops(new Stops("G1", 1, 0.0002, 9, "x"), 12))
        .endsWith("not theirs: they are too few");
    assertThat(Notes.stops(new Stops("G1", 0, 0, 0, ""), 12)).startsWith("G1, no stops; ");
  }
}
