package dev.tailrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LadderTest {
  private final TailraceException unreachable =
      TailraceException.of("unreachable", "nobody").build();
  private final TailraceException silent = TailraceException.of("silent", "hush").build();

  private final Ladder ladder =
      new Ladder(List.of(Transport.values()), new Backoff(new Random(1), 1_000));

  @Test
  void shouldTryTheNextAtOnceWhenOneDoesNotWorkHere() {
    assertThat(ladder.next(End.unfit(silent))).isZero();
    assertThat(ladder.transport()).isEqualTo(Transport.STREAM);
    assertThat(ladder.next(End.unfit(silent))).isZero();
    assertThat(ladder.transport()).isEqualTo(Transport.POLL);
    assertThat(ladder.better()).containsExactly(Transport.WEBSOCKET, Transport.STREAM);
  }

  @Test
  void shouldWaitBeforeItBeginsAnewWithTheBest() {
    ladder.next(End.unfit(silent));
    ladder.next(End.unfit(silent));

    assertThat(ladder.next(End.unfit(silent))).isBetween(500L, 1_000L);
    assertThat(ladder.transport()).isEqualTo(Transport.WEBSOCKET);
  }

  @Test
  void shouldStayAndWaitLongerEachTimeWhenThereIsNoNetwork() {
    assertThat(ladder.next(End.of(unreachable))).isBetween(500L, 1_000L);
    assertThat(ladder.next(End.of(unreachable))).isBetween(1_000L, 2_000L);
    for (int i = 0; i < 100; i++) {
      assertThat(ladder.next(End.of(unreachable))).isBetween(1_000L, 30_000L);
    }
    assertThat(ladder.transport()).isEqualTo(Transport.WEBSOCKET);
  }

  @Test
  void shouldTryTheNextWhenOneIsCutYoungAgainAndAgain() {
    assertThat(ladder.next(End.CUT.lasted(5_000))).isPositive();
    assertThat(ladder.next(End.CUT.lasted(5_000))).isPositive();
    assertThat(ladder.transport()).isEqualTo(Transport.WEBSOCKET);
    assertThat(ladder.next(End.CUT.lasted(5_000))).isZero();
    assertThat(ladder.transport()).isEqualTo(Transport.STREAM);
  }

  @Test
  void shouldStayWhenOneLastsForAWhile() {
    for (int i = 0; i < 10; i++) {
      assertThat(ladder.next(End.CUT.lasted(60_000))).isBetween(500L, 1_000L);
    }
    assertThat(ladder.transport()).isEqualTo(Transport.WEBSOCKET);
  }

  @Test
  void shouldComeBackWhenTheServerSaysSoAndNotAllAtOnce() {
    for (int i = 0; i < 10; i++) {
      assertThat(ladder.next(End.after(2_000, null))).isBetween(2_000L, 2_500L);
    }
    assertThat(ladder.transport()).isEqualTo(Transport.WEBSOCKET);
  }

  @Test
  void shouldNotTakeABadGatewayForTheTransportsFaultAtOnce() {
    TailraceException gateway = TailraceException.of("not_tailrace", "x").status(502).build();
    TailraceException refusal = TailraceException.of("not_tailrace", "x").status(403).build();

    assertThat(ladder.next(End.of(gateway))).isPositive();
    assertThat(ladder.transport()).isEqualTo(Transport.WEBSOCKET);
    assertThat(ladder.next(End.of(refusal))).isZero();
    assertThat(ladder.transport()).isEqualTo(Transport.STREAM);
  }

  @Test
  void shouldClimbToABetterOneThatWorksAgain() {
    ladder.next(End.unfit(silent));
    ladder.next(End.unfit(silent));
    ladder.climbTo(Transport.STREAM);

    assertThat(ladder.transport()).isEqualTo(Transport.STREAM);
    assertThat(ladder.better()).containsExactly(Transport.WEBSOCKET);
  }

  @Test
  void shouldStayOnTheOnlyOne() {
    Ladder only = new Ladder(List.of(Transport.POLL), new Backoff(new Random(1), 1_000));

    assertThat(only.next(End.unfit(silent))).isPositive();
    assertThat(only.transport()).isEqualTo(Transport.POLL);
  }
}
