package dev.tailrace.edge.cursor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

  private static Cursor join(String one, String other) throws InvalidCursorException {
    return CursorCodec.decode(one).joinOldest(CursorCodec.decode(other));
  }
}
