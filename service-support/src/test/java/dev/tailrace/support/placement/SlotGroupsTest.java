package dev.tailrace.support.placement;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Properties that hold for any edges and any lane. */
class SlotGroupsTest {
  private static final int TRIES = 300;

  private final Random random = new Random(27);

  @Test
  void shouldGiveNobodyMoreThanHisShare() {
    for (int i = 0; i < TRIES; i++) {
      List<String> edges = edges(1 + random.nextInt(30));
      SlotGroups groups = new SlotGroups(edges, 1 + random.nextInt(64));

      int[] given = given(groups, edges.size());

      assertThat(Arrays.stream(given).max().orElseThrow())
          .isLessThanOrEqualTo(SlotGroups.most(groups.groups(), edges.size()));
      assertThat(Arrays.stream(given).sum()).isEqualTo(groups.groups());
    }
  }

  @Test
  void shouldHaveAGroupForEveryEdgeAndNotMoreThanIsNeeded() {
    assertThat(new SlotGroups(edges(4), 16).groups()).isEqualTo(16);
    assertThat(new SlotGroups(edges(4), 2).groups()).isEqualTo(4);
    assertThat(new SlotGroups(edges(5), 2).groups()).isEqualTo(6);
    assertThat(given(new SlotGroups(edges(4), 2), 4)).containsExactly(1, 1, 1, 1);
  }

  @Test
  void shouldMoveFewGroupsWhenAnEdgeLeavesOrComes() {
    long moved = 0;
    long groupsOfOne = 0;
    for (int i = 0; i < TRIES; i++) {
      List<String> edges = edges(2 + random.nextInt(20));
      int partitions = edges.size() + random.nextInt(100);
      List<String> fewer = new ArrayList<>(edges);
      fewer.remove(random.nextInt(edges.size()));
      SlotGroups all = new SlotGroups(edges, partitions);
      SlotGroups left = new SlotGroups(fewer, partitions);
      moved +=
          IntStream.range(0, partitions)
              .filter(g -> !edges.get(all.owner(g)).equals(fewer.get(left.owner(g))))
              .count();
      groupsOfOne += Math.ceilDiv(partitions, edges.size());
    }

    assertThat(moved)
        .as("its own groups have to move: %d; all that did: %d", groupsOfOne, moved)
        .isLessThan(2 * groupsOfOne);
  }

  @Test
  void shouldKeepTheGroupsOfTheFirstPartWhenPartitionsAreDivided() {
    List<String> edges = edges(9);
    SlotGroups whole = new SlotGroups(edges.subList(0, 8), 8);
    SlotGroups divided = new SlotGroups(edges, 8);

    assertThat(whole.groups()).isEqualTo(8);
    assertThat(divided.groups()).isEqualTo(16);
    assertThat(
            IntStream.range(0, 4_096)
                .mapToObj(slot -> divided.group(slot, slot % 8))
                .distinct()
                .toList())
        .hasSize(16);
  }

  private static int[] given(SlotGroups groups, int edges) {
    int[] given = new int[edges];
    IntStream.range(0, groups.groups()).forEach(group -> given[groups.owner(group)]++);
    return given;
  }

  private List<String> edges(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new UUID(random.nextLong(), random.nextLong()).toString())
        .sorted()
        .toList();
  }
}
