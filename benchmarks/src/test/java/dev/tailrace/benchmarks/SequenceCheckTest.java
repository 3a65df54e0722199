package dev.tailrace.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SequenceCheckTest {
  private final Tally tally = new Tally();

  private SequenceCheck accept(long first, long... sequences) {
    SequenceCheck check = new SequenceCheck(first);
    for (long sequence : sequences) {
      check.accept(sequence, tally);
    }
    return check;
  }

  private void assertTally(long delivered, long lost, long duplicates, long misordered) {
    assertThat(new long[] {tally.delivered, tally.lost, tally.duplicates, tally.misordered})
        .as("delivered, lost, duplicates, misordered")
        .containsExactly(delivered, lost, duplicates, misordered);
  }

  @Test
  void shouldFindNothingInAnOrderlyRun() {
    SequenceCheck check = accept(5, 5, 6, 7, 8);

    assertTally(4, 0, 0, 0);
    assertThat(check.outstanding(9)).isZero();
  }

  @Test
  void shouldSeeALossAtTheBeginningInTheMiddleAndAtTheEnd() {
    SequenceCheck check = accept(0, 2, 3, 6);

    assertTally(3, 4, 0, 0);
    assertThat(check.outstanding(10)).isEqualTo(3);
  }

  @Test
  void shouldSeeADuplicate() {
    accept(0, 0, 1, 1, 2, 0);

    assertTally(3, 0, 2, 0);
  }

  @Test
  void shouldSeeAMisorderAndThenNoLoss() {
    accept(0, 0, 2, 1, 3);

    assertTally(4, 0, 0, 1);
  }

  @Test
  void shouldTellADuplicateOfALateOneFromIt() {
    accept(0, 0, 2, 1, 1);

    assertTally(3, 0, 1, 1);
  }

  @Test
  void shouldRememberSixtyFourEvents() {
    accept(0, 1, 63, 0, 65);
    assertTally(4, 62, 0, 1);
    accept(0, 1, 64, 0);
    assertTally(6, 62 + 63, 1, 1);
  }

  @Test
  void shouldTakeWhateverComesFirstWhenItWasOpenedUnderWay() {
    SequenceCheck check = accept(SequenceCheck.ANY, 1_000, 1_001, 999);

    assertTally(2, 0, 1, 0);
    assertThat(check.outstanding(1_003)).isEqualTo(1);
    assertThat(new SequenceCheck(SequenceCheck.ANY).outstanding(7)).isZero();
  }
}
