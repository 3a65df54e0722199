package dev.tailrace.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.benchmarks.BenchResult.Second;
import dev.tailrace.benchmarks.LoadClient.Counts;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TimelineTest {
  private static final long START_NS = 7_000;

  private final Timeline timeline = new Timeline(START_NS, counts(0, 500, 0), samples());

  private static Counts counts(long ms, long delivered, long worstMs) {
    Tally tally = new Tally();
    tally.delivered = delivered;
    return new Counts(
        atNs(ms), tally, new Tally(), TimeUnit.MILLISECONDS.toNanos(worstMs), 0, 1, 0, 0, "");
  }

  private static long atNs(long ms) {
    return START_NS + TimeUnit.MILLISECONDS.toNanos(ms);
  }

  private static Samples samples() {
    return new Samples(0, List.of(), List.of(), List.of(), List.of(), null);
  }

  private Second add(long ms, long delivered) {
    return timeline.add(counts(ms, delivered, 3), samples());
  }

  @Test
  void shouldSayWhatCameSinceTheRowBefore() {
    assertThat(timeline.dueNs()).isEqualTo(atNs(1_000));
    assertThat(add(1_000, 600)).isEqualTo(new Second(1, 100, 3, List.of()));
    assertThat(timeline.dueNs()).isEqualTo(atNs(2_000));
    assertThat(add(2_000, 750)).isEqualTo(new Second(2, 150, 3, List.of()));
    assertThat(timeline.rows()).hasSize(2);
  }

  @Test
  void shouldSayARateOverTheTimeThatHasPassed() {
    assertThat(add(1_250, 750).deliveriesPerSecond()).isEqualTo(200);
    assertThat(add(2_000, 825).deliveriesPerSecond()).isEqualTo(100);
  }

  @Test
  void shouldLeaveOutRowsWhoseMomentHasPassed() {
    add(1_000, 600);

    assertThat(add(4_200, 920)).isEqualTo(new Second(4, 100, 3, List.of()));
    assertThat(timeline.dueNs()).isEqualTo(atNs(5_000));
    assertThat(timeline.rows()).extracting(Second::second).containsExactly(1, 4);
  }

  /** Two rows within moments of each other would say nothing of the second that they stand for. */
  @Test
  void shouldTakeAVeryLateRowForTheNextOne() {
    assertThat(add(2_900, 1_080).second()).isEqualTo(3);
    assertThat(timeline.dueNs()).isEqualTo(atNs(4_000));
  }

  @Test
  void shouldHaveEachSecondOnce() {
    assertThat(add(1_000, 600).second()).isEqualTo(1);
    assertThat(add(1_001, 600).second()).isEqualTo(2);
  }
}
