package dev.tailrace.dispatcher.pump;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.dispatcher.routing.SourcePartition;
import dev.tailrace.dispatcher.routing.Stamp;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class LaneMarksTest {
  private static final SourcePartition SOURCE = SourcePartition.of("t", new UUID(1, 2), 0);
  private static final SourcePartition OTHER = SourcePartition.of("t", new UUID(1, 3), 0);
  private static final LanePartition LANE = new LanePartition(Lane.USERS, 1, 0);
  private static final LanePartition NEXT = new LanePartition(Lane.USERS, 1, 1);
  private final LaneMarks marks = new LaneMarks();

  @Test
  void shouldHoldWhatIsNotAboveTheHighestPerLanePartitionAndSource() {
    observe(LANE, 5, 2, 1_000);
    observe(LANE, 4, 9, 2_000);
    assertThat(marks.holds(LANE, SOURCE, new Stamp(5, 2), 1)).isTrue();
    assertThat(marks.holds(LANE, SOURCE, new Stamp(5, 3), 1)).isFalse();
    assertThat(marks.holds(LANE, SOURCE, new Stamp(4, 100), 1)).isTrue();
    assertThat(marks.holds(NEXT, SOURCE, new Stamp(1, 0), 1)).isFalse();
    assertThat(marks.holds(LANE, OTHER, new Stamp(1, 0), 1)).isFalse();
    assertThat(marks.highestOffset(SOURCE)).isEqualTo(5);
    assertThat(marks.holdAny(SOURCE)).isTrue();
    assertThat(marks.holdAny(OTHER)).isFalse();
  }

  @Test
  void shouldHoldEverythingBelowAGap() {
    observe(LANE, 16, Integer.MAX_VALUE, 1_000);
    assertThat(marks.holds(LANE, SOURCE, Stamp.last(16), 1)).isTrue();
    assertThat(marks.holds(LANE, SOURCE, new Stamp(17, 0), 1)).isFalse();
  }

  @Test
  void shouldGoOnWhereCopiesMayStillHaveBeenInFlight() {
    assertThat(marks.goOnFrom(SOURCE)).isNull();
    observe(LANE, 10, 0, 100_000);
    observe(NEXT, 20, 0, 200_000);
    observe(LANE, 25, 0, 230_000);
    observe(NEXT, 30, 0, 240_000);
    assertThat(marks.goOnFrom(SOURCE))
        .as("11 to 19 may be in flight, and in no lane")
        .isEqualTo(11);
  }

  @Test
  void shouldGoOnFromTheLowestThatWasWrittenAnewShortlyBefore() {
    observe(LANE, 90, 0, 100_000);
    observe(NEXT, 10, 0, 200_000);
    observe(LANE, 91, 0, 200_000);
    assertThat(marks.goOnFrom(SOURCE)).as("NEXT lags: its copies came later").isEqualTo(10);
  }

  @Test
  void shouldGoOnFromTheLowestThatTheLanesHoldWhenAllIsRecent() {
    observe(NEXT, 7, 0, 200_000);
    observe(LANE, 8, 0, 259_000);
    assertThat(marks.goOnFrom(SOURCE)).isEqualTo(7);
  }

  @Test
  void shouldRememberTopicsThatAreGone() {
    observe(LANE, 10, 0, 1_000);
    observe(NEXT, 20, 0, 1_000);
    assertThat(marks.highestOfVanished(0, Set.of(OTHER.topicId()))).isEqualTo(20);
    assertThat(marks.highestOfVanished(1, Set.of(OTHER.topicId()))).isNull();
    assertThat(marks.highestOfVanished(0, Set.of(OTHER.topicId(), SOURCE.topicId()))).isNull();
  }

  private void observe(LanePartition lane, long offset, int subIndex, long ms) {
    marks.observe(lane, new LaneCopy(SOURCE.id(), new Stamp(offset, subIndex), 1, false), ms);
  }
}
