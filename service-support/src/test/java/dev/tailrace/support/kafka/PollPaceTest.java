package dev.tailrace.support.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PollPaceTest {
  private static final long MS = 1_000_000;

  private final PollPace pace = new PollPace(Duration.ofMillis(4));

  @Test
  void shouldKeepAPollThatBroughtAFewRecordsApartFromTheNext() {
    pace.polled(3, at(0));

    assertThat(pace.waitNs(at(0))).isEqualTo(4 * MS);
    assertThat(pace.waitNs(at(3))).isEqualTo(MS);
    assertThat(pace.waitNs(at(4))).isZero();
    assertThat(pace.waitNs(at(400))).isZero();
  }

  @Test
  void shouldNotKeepTheFirstRecordAfterAQuietWhileWaiting() {
    assertThat(pace.waitNs(at(0))).isZero();

    pace.polled(3, at(0));
    pace.polled(0, at(1));

    assertThat(pace.waitNs(at(1))).isZero();
  }

  @Test
  void shouldFollowAPollThatBroughtManyRecordsAtOnce() {
    pace.polled(500, at(0));

    assertThat(pace.waitNs(at(0))).isZero();
  }

  @Test
  void shouldKeepNothingApartWhenThereIsNoPace() {
    PollPace none = new PollPace(Duration.ZERO);
    none.polled(3, at(0));

    assertThat(none.waitNs(at(0))).isZero();
  }

  /** So many milliseconds into the test; {@code System.nanoTime()} may overflow at any time. */
  private static long at(int ms) {
    return Long.MAX_VALUE - MS + ms * MS;
  }
}
