package dev.tailrace.edge.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class FetchScheduleTest {
  private final FetchSchedule schedule =
      new FetchSchedule(Duration.ofSeconds(300), Duration.ofSeconds(10));

  @Test
  void shouldBeDueAtOnceAndThenAtTheInterval() {
    assertThat(schedule.waitMs(5, false)).isZero();
    schedule.onStart(1_000);
    schedule.onSuccess();
    assertThat(schedule.waitMs(1_000, false)).isEqualTo(300_000);
    assertThat(schedule.waitMs(300_999, false)).isEqualTo(1);
    assertThat(schedule.waitMs(301_000, false)).isZero();
  }

  @Test
  void shouldComeSoonerWhenAskedButNeverWithinThePause() {
    schedule.onStart(1_000);
    schedule.onSuccess();
    assertThat(schedule.waitMs(2_000, true)).isEqualTo(9_000);
    assertThat(schedule.waitMs(11_000, true)).isZero();
    schedule.onStart(11_000);
    schedule.onFailure();
    assertThat(schedule.waitMs(11_001, true)).isEqualTo(9_999);
  }

  @Test
  void shouldTryAgainAfterThePauseAndThenLessAndLessOften() {
    long nowMs = 0;
    for (long waitMs : new long[] {10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000}) {
      schedule.onStart(nowMs);
      schedule.onFailure();
      assertThat(schedule.waitMs(nowMs, false)).isEqualTo(waitMs);
      nowMs += waitMs;
    }
    schedule.onStart(nowMs);
    schedule.onSuccess();
    assertThat(schedule.waitMs(nowMs, false)).isEqualTo(300_000);
  }
}
