package dev.tailrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PollWaitTest {
  private final PollWait wait = new PollWait();

  private void answerAll(int count) {
    for (int i = 0; i < count; i++) {
      wait.answeredAfter(wait.seconds(), wait.seconds() * 1_000L);
    }
  }

  @Test
  void shouldAskForTheLongestWhenNothingCuts() {
    answerAll(3);

    assertThat(wait.seconds()).isEqualTo(25);
  }

  @ParameterizedTest
  @CsvSource({
    "2001, 1, 1",
    "3000, 1, 2",
    "5000, 2, 4",
    "10020, 5, 9",
    "24990, 12, 23",
    "40000, 20, 25"
  })
  void shouldGrowFromHalfOfWhatWasCutToLessThanThat(long cutMs, int nextS, int mostS) {
    wait.cutAfter(cutMs);
    assertThat(wait.seconds()).isEqualTo(nextS);

    answerAll(12);
    assertThat(wait.seconds()).isEqualTo(mostS);
  }

  @Test
  void shouldNotForgetTheShortestThatWasCut() {
    wait.cutAfter(6_000);
    wait.cutAfter(20_000);
    answerAll(12);

    assertThat(wait.seconds()).isEqualTo(5);
  }

  @Test
  void shouldTryALongerOneAfterMany() {
    wait.cutAfter(3_000);
    answerAll(20);
    assertThat(wait.seconds()).isEqualTo(2);
    answerAll(1);
    assertThat(wait.seconds()).isEqualTo(3);
    answerAll(19);
    assertThat(wait.seconds()).isEqualTo(3);
    answerAll(20 * 25);
    assertThat(wait.seconds()).isEqualTo(25);
  }

  @ParameterizedTest
  @CsvSource({"5, 0, 5", "5, 4499, 5", "5, 4500, 6", "0, 3, 5"})
  void shouldGrowOnlyAfterOneThatWasHeldForAllOfItsTime(int waitS, long heldMs, int nextS) {
    wait.cutAfter(10_000);
    wait.answeredAfter(waitS, heldMs);

    assertThat(wait.seconds()).isEqualTo(nextS);
  }

  @ParameterizedTest
  @CsvSource({
    "cut, 0, 25, 2001, true",
    "not_tailrace, 0, 2, 2001, true",
    "cut, 0, 25, 2000, false",
    "cut, 0, 1, 2001, false",
    "cut, 1000, 25, 2001, false",
    "unreachable, 0, 25, 2001, false"
  })
  void shouldTellACutFromARefusal(
      String code, long afterMs, int waitS, long heldMs, boolean isCut) {
    TailraceException why = TailraceException.of(code, "").retryAfterMs(afterMs).build();

    assertThat(PollWait.isCut(why, waitS, heldMs)).isEqualTo(isCut);
  }
}
