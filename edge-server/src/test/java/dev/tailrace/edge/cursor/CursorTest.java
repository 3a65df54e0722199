package dev.tailrace.edge.cursor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CursorTest {
  @Test
  void shouldJoinWithTheOldestPositionOfEachPartition() throws Exception {
    Cursor joined = join("abc~u1-3.5~c1-1.10~c1-2.7", "abc~c1-1.9~c1-2.8~c1-4.1");

    assertThat(joined).hasToString("abc~u1-3.5~c1-1.9~c1-2.7~c1-4.1");
  }

  @Test
  void shouldMissNothingOfTwoChannelsOfOnePartitionAtDifferentPlaces() throws Exception {
    // Both channels lie in c1-1; one client keeps a cursor per channel and needs one for both.
    Cursor scores = CursorCodec.decode("abc~c1-1.2s");
    Cursor prices = CursorCodec.decode("abc~c1-1.1e");

    assertThat(scores.joinOldest(prices)).hasToString("abc~c1-1.1e");
    assertThat(prices.joinOldest(scores)).hasToString("abc~c1-1.1e");
  }

  @Test
  void shouldKeepTheOlderBasisAndNoneIfOneHasNone() throws Exception {
    assertThat(join("abc~c1-1.1~tk", "abc~c1-1.2~tj")).hasToString("abc~c1-1.1~tj");
    assertThat(join("abc~c1-1.1~tk", "abc~c1-1.2")).hasToString("abc~c1-1.1");
  }

  @Test
  void shouldTellAgainWhatOneWasNotToldOf() throws Exception {
    assertThat(join("abc~c1-1.1~lk~tk", "abc~c1-1.2~lj~tk")).hasToString("abc~c1-1.1~lj~tk");
    assertThat(join("abc~c1-1.1~lk~tk", "abc~c1-1.2~tk")).hasToString("abc~c1-1.1~tk");
  }

  @Test
  void shouldNotJoinCursorsThatCountInDifferentLogs() {
    assertThatThrownBy(() -> join("abc~c1-1.1", "abd~c1-1.2"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("abc")
        .hasMessageContaining("abd");
  }

  @Test
  void shouldTagEveryClusterAndEveryRecreatedLaneDifferently() {
    ClusterTag tag = ClusterTag.of("cluster", "users", "channels");

    assertThat(tag).isEqualTo(ClusterTag.of("cluster", "users", "channels"));
    assertThat(tag.text()).matches("[a-z0-9]{1,7}");
    assertThat(ClusterTag.of("other", "users", "channels")).isNotEqualTo(tag);
    assertThat(ClusterTag.of("cluster", "users2", "channels")).isNotEqualTo(tag);
    assertThat(ClusterTag.of("cluster", "users", "channels2")).isNotEqualTo(tag);
  }

  @Test
  void shouldJoinInAnyOrderToWhatMissesNothingOfAny() {
    Random random = new Random(3);
    for (int round = 0; round < 500; round++) {
      List<Cursor> cursors =
          Stream.generate(() -> any(random)).limit(2 + random.nextInt(4)).toList();
      List<Cursor> shuffled = new ArrayList<>(cursors);
      Collections.shuffle(shuffled, random);

      Cursor joined = cursors.stream().reduce(Cursor::joinOldest).orElseThrow();

      assertThat(shuffled.stream().reduce(Cursor::joinOldest).orElseThrow())
          .hasToString(joined.toString());
      assertThat(joined.joinOldest(cursors.getFirst())).hasToString(joined.toString());
      for (Cursor cursor : cursors) {
        cursor
            .positions()
            .forEach(
                (partition, position) ->
                    assertThat(joined.position(partition).orElse(Long.MAX_VALUE))
                        .as("%s of %s", partition, cursors)
                        .isLessThanOrEqualTo(position));
        assertThat(joined.basisSeconds().orElse(0))
            .isLessThanOrEqualTo(cursor.basisSeconds().orElse(0));
      }
    }
  }

  private static Cursor any(Random random) {
    Map<LanePartition, Long> positions = new HashMap<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      positions.put(new LanePartition(Lane.CHANNELS, 1, random.nextInt(5)), random.nextLong(99));
    }
    boolean timed = random.nextInt(4) > 0;
    return new Cursor(
        "abc", positions, timed ? OptionalLong.of(random.nextInt(99)) : OptionalLong.empty());
  }

  private static Cursor join(String one, String other) throws InvalidCursorException {
    return CursorCodec.decode(one).joinOldest(CursorCodec.decode(other));
  }
}
