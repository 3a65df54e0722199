package dev.tailrace.dispatcher.pump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class StartPositionTest {
  private static final CommitMetadata OURS = new CommitMetadata("id", null, 5_000);

  @Test
  void shouldGoOnFromTheCommit() {
    assertThat(StartPosition.of(facts(40L, OURS, false), null))
        .isEqualTo(new StartPosition(40, null));
    assertThat(StartPosition.of(facts(100L, OURS, false), 7L))
        .isEqualTo(new StartPosition(100, null));
  }

  @Test
  void shouldBeginWhereConfiguredOnlyAtAFirstStart() {
    assertThat(StartPosition.of(facts(null, null, false), null))
        .isEqualTo(new StartPosition(10, null));
    assertThat(StartPosition.of(facts(null, null, true), null))
        .isEqualTo(new StartPosition(100, null));
    assertThat(StartPosition.of(facts(null, null, true), 60L))
        .isEqualTo(new StartPosition(60, null));
  }

  @Test
  void shouldTellWhatRetentionTook() {
    assertThat(StartPosition.of(facts(4L, OURS, false), null))
        .isEqualTo(new StartPosition(10, new StartPosition.Gap(4, 9, 777L)));
    assertThat(StartPosition.of(facts(null, null, false), 4L))
        .isEqualTo(new StartPosition(10, new StartPosition.Gap(4, 9, 777L)));
  }

  @Test
  void shouldStartAnotherTopicFromItsBeginningAfterAGap() {
    CommitMetadata others = new CommitMetadata("other", null, 5_000);
    assertThat(StartPosition.of(facts(40L, others, true), null))
        .isEqualTo(new StartPosition(10, new StartPosition.Gap(40, -1, 777L)));
  }

  @Test
  void shouldNotGoOnWhereStampsWouldBeUsedTwice() {
    assertThatThrownBy(() -> StartPosition.of(facts(101L, OURS, false), null))
        .isInstanceOf(PumpStoppedException.class)
        .hasMessage(
            "ingress ends at offset 100, but 101 was dispatched: its leader has lost its tail");
  }

  @Test
  void shouldReadBackFromTheOldestEventThatWasNotAcknowledged() {
    assertThat(facts(40L, OURS, false).readBackFromMs()).isEqualTo(5_000);
    assertThat(facts(40L, new CommitMetadata("id", 3_000L, 5_000), false).readBackFromMs())
        .isEqualTo(3_000);
    assertThat(facts(40L, null, false).readBackFromMs()).isZero();
    assertThat(facts(null, null, false).readBackFromMs()).isZero();
  }

  private static StartPosition.Facts facts(
      Long committed, CommitMetadata metadata, boolean fromEnd) {
    return new StartPosition.Facts("id", committed, metadata, 10, 100, 777L, fromEnd);
  }
}
