package dev.tailrace.edge.transport.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PingWatchTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final PingWatch watch = new PingWatch(TIMEOUT);
  private long nowMs = 1_000;

  @Test
  void shouldEndWhoLeavesPingsUnansweredForLongerThanTheTimeout() {
    assertThat(ping(0)).isFalse();
    assertThat(ping(25_000)).isFalse();
    assertThat(ping(25_000)).isFalse();

    assertThat(ping(25_000)).isTrue();
  }

  @Test
  void shouldCountFromTheFirstPingAfterWhatWasHeard() {
    ping(0);
    ping(25_000);
    ping(25_000);
    watch.heard();

    assertThat(ping(25_000)).isFalse();
    assertThat(ping(25_000)).isFalse();
    assertThat(ping(25_000)).isFalse();
    assertThat(ping(25_000)).isTrue();
  }

  /** The answers came meanwhile; they are read in a moment. */
  @Test
  void shouldNotHoldAgainstAClientThatTheEdgeStoodStill() {
    assertThat(ping(0)).isFalse();

    assertThat(ping(3_600_000)).as("after an hour of standing still").isFalse();
    watch.heard();
    assertThat(ping(25_000)).isFalse();
  }

  @Test
  void shouldNotDecideOnTheTimeInWhichTheEdgeStoodStill() {
    ping(0);
    ping(25_000);
    ping(20_000);

    assertThat(ping(3_600_000)).isFalse();
    assertThat(ping(25_000)).isTrue();
  }

  @Test
  void shouldTakeATimeoutOfAYear() {
    PingWatch patient = new PingWatch(Duration.ofDays(365));
    patient.ping(0);

    assertThat(patient.ping(Duration.ofDays(2).toMillis())).isFalse();
  }

  @Test
  void shouldEndWhoIsStillSilentAfterTheEdgeStoodStill() {
    ping(0);
    ping(3_600_000);

    assertThat(ping(25_000)).isFalse();
    assertThat(ping(25_000)).isTrue();
  }

  private boolean ping(long laterMs) {
    nowMs += laterMs;
    return watch.ping(nowMs);
  }
}
