package dev.tailrace.edge.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.agent.ManualClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateLimiterTest {
  private final ManualClock clock = new ManualClock();

  @ParameterizedTest
  @CsvSource({"1, 1", "3, 7", "50, 100", "1000000, 1000000"})
  void shouldGiveAWholeBurstAndThenAsManyAsComeBack(int perSecond, int burst) {
    RateLimiter<String> limiter = new RateLimiter<>(perSecond, burst, 10, clock);
    assertThat(takeAll(limiter, "a")).isEqualTo(burst);

    clock.advance(Duration.ofSeconds(1));

    assertThat(takeAll(limiter, "a")).isEqualTo(Math.min(perSecond, burst));
    assertThat(takeAll(limiter, "b")).as("somebody else").isEqualTo(burst);
  }

  @Test
  void shouldHoldNoMoreThanABurstHoweverLongItWasQuiet() {
    RateLimiter<String> limiter = new RateLimiter<>(50, 100, 10, clock);
    takeAll(limiter, "a");

    clock.advance(Duration.ofDays(1));

    assertThat(takeAll(limiter, "a")).isEqualTo(100);
  }

  @Test
  void shouldSayHowLongItIsUntilThereIsOne() {
    RateLimiter<String> limiter = new RateLimiter<>(50, 2, 10, clock);
    takeAll(limiter, "a");
    assertThat(limiter.take("a")).isEqualTo(Duration.ofMillis(20));

    clock.advance(Duration.ofMillis(19));
    assertThat(limiter.take("a")).isEqualTo(Duration.ofMillis(1));
    clock.advance(Duration.ofMillis(1));

    assertThat(limiter.take("a")).isZero();
  }

  @Test
  void shouldLimitNothingAtNone() {
    RateLimiter<String> limiter = new RateLimiter<>(0, 1, 10, clock);
    for (int i = 0; i < 1_000; i++) {
      assertThat(limiter.take("a")).isZero();
    }
    assertThat(limiter.size()).isZero();
  }

  @Test
  void shouldKeepNoMoreBucketsThanItMayAndTheBusyOnes() {
    RateLimiter<String> limiter = new RateLimiter<>(1, 2, 100, clock);
    takeAll(limiter, "busy");
    for (int i = 0; i < 10_000; i++) {
      limiter.take("other-" + i);
      assertThat(limiter.take("busy")).isPositive();
      assertThat(limiter.size()).isLessThanOrEqualTo(100);
    }
  }

  @Test
  void shouldLetGoOfThoseThatAreFullAgain() {
    RateLimiter<String> limiter = new RateLimiter<>(10, 10, 100_000, clock);
    for (int i = 0; i < 1_000; i++) {
      limiter.take("early-" + i);
    }
    clock.advance(Duration.ofSeconds(1));

    for (int i = 0; i < 1_000; i++) {
      limiter.take("late");
    }

    assertThat(limiter.size()).isEqualTo(1);
  }

  private static int takeAll(RateLimiter<String> limiter, String key) {
    int taken = 0;
    while (limiter.take(key).isZero()) {
      taken++;
    }
    return taken;
  }
}
