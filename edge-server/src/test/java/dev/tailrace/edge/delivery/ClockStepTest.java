package dev.tailrace.edge.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.connection.DisconnectReason;
import dev.tailrace.edge.connection.Transport;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * The wall clock is set while connections last, whose tokens end by it; timers do not run by it.
 */
class ClockStepTest {
  private static final Duration TOKEN = Duration.ofMinutes(10);
  private static final Duration HOUR = Duration.ofHours(1);

  private final Edge edge = new Edge();
  private final CapturingTransport client =
      edge.register(Transport.Kind.SSE, edge.expiring(TOKEN), null, 0, edge.a);

  private void passBeating(Duration time) {
    for (Duration left = time; left.isPositive(); left = left.minus(Edge.HEARTBEAT)) {
      edge.pass(left.compareTo(Edge.HEARTBEAT) < 0 ? left : Edge.HEARTBEAT);
    }
  }

  @Test
  void shouldEndAConnectionWithinAHeartbeatWhenTheClockIsSetBeyondItsTokensEnd() {
    edge.settle();
    edge.clock.step(HOUR);

    edge.pass(Edge.HEARTBEAT);

    assertThat(client.closed()).isEqualTo(DisconnectReason.TOKEN_EXPIRED);
  }

  @Test
  void shouldGoOnByTheClockThatWasSetBackAndEndWithTheToken() {
    edge.settle();
    edge.clock.step(HOUR.negated());

    passBeating(TOKEN.plus(Edge.LEEWAY));
    edge.toChannelLane(edge.a, "e0");
    edge.settle();
    assertThat(client.closed()).isNull();
    assertThat(client.events()).containsExactly("e0");

    passBeating(HOUR);
    assertThat(client.closed()).isEqualTo(DisconnectReason.TOKEN_EXPIRED);
  }

  @Test
  void shouldEndItOnTimeWhenTheClockWasSetForthAndBackMeanwhile() {
    edge.settle();
    for (Duration step : new Duration[] {HOUR, HOUR.negated(), HOUR.negated(), HOUR}) {
      edge.clock.step(step);
      edge.settle();
    }

    passBeating(TOKEN.minusSeconds(1));
    assertThat(client.closed()).isNull();
    passBeating(Edge.LEEWAY.plusSeconds(1));
    assertThat(client.closed()).isEqualTo(DisconnectReason.TOKEN_EXPIRED);
  }
}
