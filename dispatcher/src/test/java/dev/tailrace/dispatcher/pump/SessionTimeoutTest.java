package dev.tailrace.dispatcher.pump;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class SessionTimeoutTest {
  private static final Duration WANTED = Duration.ofSeconds(2);
  private static final Duration SIX_SECONDS = Duration.ofSeconds(6);

  @Test
  void shouldAskTheBrokersOnceAndAgainWhenTheyHaveRefused() {
    Queue<GroupLimits> answers =
        new ArrayDeque<>(
            List.of(
                new GroupLimits(Duration.ofSeconds(1), Duration.ofMinutes(30)),
                new GroupLimits(SIX_SECONDS, Duration.ofMinutes(30))));
    SessionTimeout session = new SessionTimeout(answers::remove, WANTED);

    assertThat(session.allowed()).isEqualTo(WANTED);
    assertThat(session.allowed()).isEqualTo(WANTED);
    session.onRefused();
    assertThat(session.allowed()).isEqualTo(SIX_SECONDS);
    assertThat(answers).isEmpty();
  }

  @Test
  void shouldTryWhatIsWantedWhereTheBrokersDoNotSayAndThenKafkasDefault() {
    SessionTimeout session = new SessionTimeout(() -> null, WANTED);

    assertThat(session.allowed()).isEqualTo(WANTED);
    session.onRefused();
    assertThat(session.allowed()).isEqualTo(SIX_SECONDS);
    session.onRefused();
    assertThat(session.allowed()).isEqualTo(Duration.ofSeconds(12));
    for (int i = 0; i < 20; i++) {
      session.onRefused();
    }
    assertThat(session.allowed()).isEqualTo(Duration.ofMinutes(30));
  }
}
