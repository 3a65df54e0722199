package dev.tailrace.infra.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class JavaCommandTest {
  private static final List<String> QUICK_START =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

  @Test
  void shouldSpareThePartsACostlyStartUnlessTheyAreToBeMeasured() {
    assertThat(JavaCommand.of("Main", "edge", List.of(), true)).containsAll(QUICK_START);
    assertThat(JavaCommand.of("Main", "broker", List.of(), false))
        .doesNotContainAnyElementsOf(QUICK_START);
  }

  @Test
  void shouldKeepTheStopsOfAnEdgeShortWhereItHasItsOwnCollector() {
    List<String> shortStops = List.of("-XX:+UseG1GC", "-XX:MaxGCPauseMillis=10");

    assertThat(JavaCommand.of("Main", "edge", List.of(), false)).containsAll(shortStops);
    assertThat(JavaCommand.of("Main", "edge", List.of(), true))
        .doesNotContainAnyElementsOf(shortStops);
    assertThat(JavaCommand.of("Main", "dispatcher", List.of(), false))
        .doesNotContainAnyElementsOf(shortStops);
  }

  @Test
  void shouldHandOnWhatThePartIsToldLast() {
    assertThat(JavaCommand.of("Main", "edge", List.of("--dev=true"), true))
        .endsWith("Main", "edge", "--dev=true");
  }
}
