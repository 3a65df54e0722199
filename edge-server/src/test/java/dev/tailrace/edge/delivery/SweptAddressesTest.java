package dev.tailrace.edge.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.log.LogEntry;
import dev.tailrace.schemas.Channels;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SweptAddressesTest {
  private final SweptAddresses swept = new SweptAddresses();

  private static LogEntry entry(long offset) {
    return new LogEntry(
        new LanePartition(Lane.CHANNELS, 1, 0),
        offset,
        1,
        -1,
        "",
        List.of(),
        "",
        false,
        new byte[0]);
  }

  private List<String> drained() {
    List<String> visits = new ArrayList<>();
    swept.drain(
        (address, first, end, count, offsets) ->
            visits.add(
                address
                    + " "
                    + first
                    + "-"
                    + end
                    + (offsets == null ? "" : " " + Arrays.toString(offsets))));
    return visits;
  }

  @Test
  void shouldNameAnAddressOnceHoweverMuchCameForIt() {
    for (int i = 10; i < 1_010; i++) {
      swept.add(Channels.BROADCAST, entry(i));
    }

    assertThat(drained()).containsExactly(Channels.BROADCAST + " 10-1010");
    assertThat(drained()).isEmpty();
  }

  @Test
  void shouldNameTheLowestFirst() {
    swept.add("scores", entry(3));
    swept.add("chat", entry(4));
    swept.add("news", entry(7));
    swept.add("scores", entry(9));

    assertThat(drained()).containsExactly("scores 3-10", "chat 4-5", "news 7-8");
  }

  @Test
  void shouldNotSayWhereVeryManyLie() {
    List<Integer> known = new ArrayList<>();
    for (int many : new int[] {4_096, 4_097}) {
      for (int i = 0; i < many; i++) {
        swept.add("scores", entry(10L * i));
      }
      swept.drain(
          (address, first, end, count, offsets) -> known.add(offsets == null ? 0 : offsets.length));
    }

    assertThat(known).containsExactly(4_096, 0);
  }

  @Test
  void shouldTakeAnEntryThatNamesAnAddressTwiceOnce() {
    LogEntry twice = entry(30);
    swept.add("ann", entry(3));
    swept.add("ann", twice);
    swept.add("ann", twice);

    assertThat(drained()).containsExactly("ann 3-31 [3, 30]");
  }

  @Test
  void shouldSayWhereEachLiesThatIsFarFromTheOthers() {
    for (long offset : new long[] {3, 5, 30, 31, 70, 200, 4_000_000_000L}) {
      swept.add("scores", entry(offset));
    }
    swept.add("chat", entry(3));
    swept.add("chat", entry(11));
    swept.add("news", entry(3));
    swept.add("news", entry(10));

    assertThat(drained())
        .containsExactly(
            "scores 3-4000000001 [3, 5, 30, 31, 70, 200, 4000000000]",
            "chat 3-12 [3, 11]",
            "news 3-11");
  }
}
