package dev.tailrace.edge.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.log.PartitionLog.Finding;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import java.util.List;
import org.junit.jupiter.api.Test;

class RepetitionsTest {
  private final PartitionLog log =
      new PartitionLog(new LanePartition(Lane.CHANNELS, 1, 1), 100, 1_000);

  @Test
  void shouldSayWhatTheTailFound() {
    log.addRepetition(105);
    log.append(List.of(), 110);

    assertThat(log.finding(104)).isEqualTo(Finding.NEW);
    assertThat(log.finding(105)).isEqualTo(Finding.REPETITION);
    assertThat(log.finding(109)).isEqualTo(Finding.NEW);
  }

  @Test
  void shouldKnowNothingOfWhereTheTailHasNotBeen() {
    log.append(List.of(), 110);

    assertThat(log.finding(99)).isEqualTo(Finding.UNKNOWN);
    assertThat(log.finding(110)).isEqualTo(Finding.UNKNOWN);
  }

  @Test
  void shouldForgetTheOldestAndSaySo() {
    int many = Repetitions.MAX_OFFSETS + 1;
    for (int i = 0; i < many; i++) {
      log.addRepetition(100 + 2L * i);
    }
    log.append(List.of(), 100 + 2L * many);

    assertThat(log.finding(100)).isEqualTo(Finding.UNKNOWN);
    assertThat(log.finding(101)).isEqualTo(Finding.NEW);
    assertThat(log.finding(102)).isEqualTo(Finding.REPETITION);
    assertThat(log.finding(98 + 2L * many)).isEqualTo(Finding.REPETITION);
  }
}
