package dev.tailrace.edge.catchup;

import static dev.tailrace.edge.lane.Stamped.toChannel;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.lane.HandSlots;
import dev.tailrace.edge.lane.KnownTexts;
import dev.tailrace.edge.lane.LaneRecordReader;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FoldCheckpointsTest {
  private static final LanePartition ONE = new LanePartition(Lane.CHANNELS, 1, 1);
  private static final LanePartition TWO = new LanePartition(Lane.CHANNELS, 1, 2);
  private static final long NOW_MS = 1_000_000;

  private final FoldCheckpoints checkpoints = new FoldCheckpoints();

  @Test
  void shouldFindTheOneThatHasComeFurthestWithoutPassingThePosition() {
    add(ONE, 10, 20);
    add(ONE, 10, 30);
    add(ONE, 10, 40);
    add(TWO, 10, 35);

    assertThat(next(furthest(ONE, 10, 39))).isEqualTo(30);
    assertThat(next(furthest(ONE, 10, 40))).isEqualTo(40);
    assertThat(furthest(ONE, 10, 19)).isNull();
  }

  @Test
  void shouldFindNoneThatBeganTooLateOrEndedTooEarly() {
    add(ONE, 10, 20);

    assertThat(furthest(ONE, 9, 50)).as("9 is not in it").isNull();
    assertThat(furthest(ONE, 20, 50)).as("nothing of what is needed is in it").isNull();
    assertThat(next(furthest(ONE, 19, 50))).isEqualTo(20);
  }

  @Test
  void shouldGoOnWithACopy() {
    LaneRecordReader reader = new LaneRecordReader(ONE, new KnownTexts(), new HandSlots());
    assertThat(read(reader, 5)).isTrue();
    checkpoints.add(ONE, new ScanLap.Fold(10, 20, reader, null), NOW_MS);

    ScanLap.Fold found = furthest(ONE, 10, 20);
    ScanLap.Fold another = furthest(ONE, 10, 20);

    assertThat(found).isNotNull();
    assertThat(another).isNotNull();
    assertThat(read(found.reader(), 5)).as("a repetition to it").isFalse();
    assertThat(read(found.reader(), 6)).isTrue();
    assertThat(read(another.reader(), 6)).as("not seen when it was kept").isTrue();
  }

  @Test
  void shouldForgetOldOnes() {
    add(ONE, 10, 20);

    long laterMs = NOW_MS + FoldCheckpoints.LIFETIME_MS;
    assertThat(checkpoints.furthest(ONE, 10, 20, laterMs)).isNotNull();
    assertThat(checkpoints.furthest(ONE, 10, 20, laterMs + 1)).isNull();
  }

  @Test
  void shouldKeepNoMoreThanItsLimit() {
    for (int i = 1; i <= FoldCheckpoints.MAX_CHECKPOINTS + 1; i++) {
      add(ONE, 0, i);
    }

    assertThat(furthest(ONE, 0, 1)).as("the oldest made room").isNull();
    assertThat(next(furthest(ONE, 0, 2))).isEqualTo(2);
  }

  private void add(LanePartition partition, long start, long next) {
    checkpoints.add(
        partition,
        new ScanLap.Fold(
            start, next, new LaneRecordReader(partition, new KnownTexts(), new HandSlots()), null),
        NOW_MS);
  }

  private ScanLap.@Nullable Fold furthest(LanePartition partition, long start, long position) {
    return checkpoints.furthest(partition, start, position, NOW_MS);
  }

  private static long next(ScanLap.@Nullable Fold found) {
    assertThat(found).isNotNull();
    return found.to();
  }

  private static boolean read(LaneRecordReader reader, long sourceOffset) {
    return reader.read(0, NOW_MS, toChannel(sourceOffset, "scores", "e").toByteArray()) != null;
  }
}
