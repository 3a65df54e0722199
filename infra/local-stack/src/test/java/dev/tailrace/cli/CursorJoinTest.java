package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CursorJoinTest {
  @Test
  void shouldTakeTheOldestPositionOfEachPartition() {
    assertThat(CursorJoin.oldest(List.of("tag~c1-17.9x~u1-3.1k2", "tag~c1-17.a0", "tag~c1-4.zz")))
        .isEqualTo("tag~c1-17.9x~c1-4.zz~u1-3.1k2");
  }

  @Test
  void shouldTakeTheOldestTimeAndNoneIfOneHasNone() {
    assertThat(CursorJoin.oldest(List.of("tag~c1-17.9x~tk2j4", "tag~c1-17.a0")))
        .isEqualTo("tag~c1-17.9x");
    assertThat(CursorJoin.oldest(List.of("tag~c1-17.9x~tk2j4", "tag~c1-4.zz~tk2j3")))
        .isEqualTo("tag~c1-17.9x~c1-4.zz~tk2j3");
  }

  @Test
  void shouldKeepTheTimeWhenAnEventMovesIt() {
    assertThat(CursorJoin.moved("tag~c1-1.1~tk", "tag~c1-1.2")).isEqualTo("tag~c1-1.2~tk");
    assertThat(CursorJoin.moved("tag~c1-1.1~tk", "tag~c1-1.2~tm")).isEqualTo("tag~c1-1.2~tm");
    assertThat(CursorJoin.moved("", "tag~c1-1.2")).isEqualTo("tag~c1-1.2");
  }

  @Test
  void shouldCompareOffsetsAsNumbers() {
    assertThat(CursorJoin.oldest(List.of("tag~c1-0.100", "tag~c1-0.zz"))).isEqualTo("tag~c1-0.zz");
  }

  @Test
  void shouldSkipWhatHasNoCursorYet() {
    assertThat(CursorJoin.oldest(List.of("", "tag~c1-0.1"))).isEqualTo("tag~c1-0.1");
    assertThat(CursorJoin.oldest(List.of())).isEmpty();
  }

  @Test
  void shouldNotJoinCursorsOfDifferentClusters() {
    assertThat(CursorJoin.oldest(List.of("a~c1-0.1", "b~c1-0.2"))).isEmpty();
  }
}
