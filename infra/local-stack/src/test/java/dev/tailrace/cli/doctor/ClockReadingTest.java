package dev.tailrace.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.cli.doctor.Finding.Level;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClockReadingTest {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  @ParameterizedTest
  @CsvSource({
    "100000, OK, agrees with",
    "102000, OK, agrees with",
    "103000, WARNING, is at least 2.9 s ahead of",
    "105200, PROBLEM, is at least 5.1 s ahead of",
    "97000, WARNING, is at least 3.0 s behind",
    "94900, PROBLEM, is at least 5.1 s behind"
  })
  void shouldTellOnlyWhatIsSurelySo(long shownMs, Level level, String words) {
    Finding finding = ClockReading.of("its clock", shownMs, 0, 100_000, 100_100).finding(LIMIT);

    assertThat(finding.level()).isEqualTo(level);
    assertThat(finding.text()).startsWith("its clock " + words);
    assertThat(finding.mend().isEmpty()).isEqualTo(level == Level.OK);
  }

  @Test
  void shouldAllowForHowFineAClockIsShown() {
    // It shows whole seconds: 94.9 s is shown as 94.
    assertThat(ClockReading.of("its clock", 94_000, 1_000, 100_000, 100_000).finding(LIMIT).level())
        .isEqualTo(Level.WARNING);
    assertThat(ClockReading.of("its clock", 94_000, 0, 100_000, 100_000).finding(LIMIT).level())
        .isEqualTo(Level.PROBLEM);
  }

  @Test
  void shouldCompareTwoOthersAlsoWhenThisMachinesClockIsWrong() {
    ClockReading broker = ClockReading.of("broker's clock", 160_000, 0, 100_000, 100_010);
    ClockReading edge = ClockReading.of("edge's clock", 160_300, 0, 100_200, 100_310);
    ClockReading late = ClockReading.of("late's clock", 150_000, 0, 100_200, 100_310);

    assertThat(broker.finding(LIMIT).level()).isEqualTo(Level.PROBLEM);
    assertThat(edge.against(broker).finding(LIMIT, "the broker's").level()).isEqualTo(Level.OK);
    assertThat(late.against(broker).finding(LIMIT, "the broker's").text())
        .isEqualTo("late's clock is at least 10.2 s behind the broker's");
  }
}
