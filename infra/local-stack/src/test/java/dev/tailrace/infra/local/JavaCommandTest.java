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
  void shouldHandOnWhatThePartIsToldLast() {
    assertThat(JavaCommand.of("Main", "edge", List.of("--dev=true"), true))
        .endsWith("Main", "edge", "--dev=true");
  }
}
