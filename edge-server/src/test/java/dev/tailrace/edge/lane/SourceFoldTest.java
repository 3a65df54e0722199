package dev.tailrace.edge.lane;

import static dev.tailrace.edge.lane.Stamped.OTHER_TOPIC;
import static dev.tailrace.edge.lane.Stamped.TOPIC;
import static dev.tailrace.edge.lane.Stamped.stamp;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SourceFoldTest {
  private final SourceFold fold = new SourceFold();

  @Test
  void shouldTakeStampsThatRise() {
    assertThat(fold.accept(stamp(TOPIC, 0, 0, 0))).isTrue();
    assertThat(fold.accept(stamp(TOPIC, 0, 0, 1))).isTrue();
    assertThat(fold.accept(stamp(TOPIC, 0, 0, 7))).isTrue();
    assertThat(fold.accept(stamp(TOPIC, 0, 1, 0))).isTrue();
    assertThat(fold.accept(stamp(TOPIC, 0, 900, 3))).isTrue();
  }

  @Test
  void shouldDropWhatIsNotAboveTheMark() {
    fold.accept(stamp(TOPIC, 0, 10, 2));

    assertThat(fold.accept(stamp(TOPIC, 0, 10, 2))).isFalse();
    assertThat(fold.accept(stamp(TOPIC, 0, 10, 1))).isFalse();
    assertThat(fold.accept(stamp(TOPIC, 0, 9, 3))).isFalse();
    assertThat(fold.accept(stamp(TOPIC, 0, 10, 3))).isTrue();
  }

  @Test
  void shouldNotLowerTheMarkForWhatItDropped() {
    fold.accept(stamp(TOPIC, 0, 10, 0));
    fold.accept(stamp(TOPIC, 0, 3, 0));

    assertThat(fold.accept(stamp(TOPIC, 0, 4, 0))).isFalse();
  }

  @Test
  void shouldKeepAMarkPerIngressPartitionAndTopicId() {
    fold.accept(stamp(TOPIC, 0, 10, 0));

    assertThat(fold.accept(stamp(TOPIC, 1, 1, 0))).isTrue();
    assertThat(fold.accept(stamp(OTHER_TOPIC, 0, 1, 0))).isTrue();
    assertThat(fold.accept(stamp(TOPIC, 0, 10, 0))).isFalse();
  }

  @Test
  void shouldDropAWholeRunThatIsWrittenAgain() {
    IntStream.range(0, 50).forEach(i -> fold.accept(stamp(TOPIC, 0, i, 0)));

    assertThat(IntStream.range(20, 55).filter(i -> fold.accept(stamp(TOPIC, 0, i, 0))))
        .containsExactly(50, 51, 52, 53, 54);
  }
}
