package dev.tailrace.support.placement;

import static dev.tailrace.support.placement.Announced.draining;
import static dev.tailrace.support.placement.Announced.edge;
import static dev.tailrace.support.placement.Announced.url;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.schemas.SlotMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PlacementTest {
  private static final SlotMap SLOTS = SlotMap.initial(16, 4);
  private static final List<String> USERS =
      IntStream.range(0, 2_000).mapToObj(i -> "user." + i).toList();

  @Test
  void shouldSendAllUsersOfAPartitionToOneEdge() {
    Placement placement = of(edge("a"), edge("b"), edge("c"), edge("d"));

    Map<Integer, Set<String>> edgesOfPartition = new HashMap<>();
    Map<String, Integer> users = new HashMap<>();
    for (String user : USERS) {
      String url = placement.locate(user, "").url();
      users.merge(url, 1, Integer::sum);
      edgesOfPartition
          .computeIfAbsent(SLOTS.userPartition(user).partition(), p -> new HashSet<>())
          .add(url);
    }

    assertThat(edgesOfPartition).hasSize(16);
    assertThat(edgesOfPartition.values()).allMatch(edges -> edges.size() == 1);
    assertThat(users).hasSize(4);
    assertThat(users.values()).allMatch(count -> count < USERS.size() * 1.5 / 4);
  }

  @Test
  void shouldUseAllEdgesWhenThereAreMoreThanPartitions() {
    SlotMap two = SlotMap.initial(2, 1);
    Placement placement =
        Placement.empty(two).with(IntStream.range(0, 5).mapToObj(i -> edge("e" + i)).toList());

    assertThat(USERS.stream().map(user -> placement.locate(user, "").url()).distinct()).hasSize(5);
  }

  @Test
  void shouldAnswerTheSameHoweverItCameToKnow() {
    List<EdgeAnnouncement> all = List.of(edge("a"), edge("b", "west", 3), edge("c"), edge("d"));
    Placement atOnce = Placement.empty(SLOTS).with(all);
    Placement oneByOne =
        Placement.empty(SLOTS).with(all.subList(1, 2)).with(all.subList(1, 4)).with(all).with(all);

    for (String user : USERS) {
      assertThat(oneByOne.locate(user, "")).isEqualTo(atOnce.locate(user, ""));
      assertThat(oneByOne.locate(user, "west")).isEqualTo(atOnce.locate(user, "west"));
    }
  }

  @Test
  void shouldPassOverAnEdgeThatHoldsFarMoreThanTheOthers() {
    Placement even = of(edge("a", "", 10_000), edge("b", "", 10_000), edge("c", "", 10_000));
    Placement hot = of(edge("a", "", 40_000), edge("b", "", 10_000), edge("c", "", 10_000));

    for (String user : USERS) {
      String before = even.locate(user, "").url();
      String now = hot.locate(user, "").url();
      assertThat(now).isNotEqualTo(url("a"));
      if (!before.equals(url("a"))) {
        assertThat(now).isEqualTo(before);
      }
    }
  }

  @Test
  void shouldPreferThoseWhoFollowThePartitionAnywayForWhomItPassesOver() {
    String user = "42";
    int partition = SLOTS.userPartition(user).partition();
    String first = of(edge("a"), edge("b"), edge("c")).locate(user, "").url();
    for (String follows : List.of("a", "b", "c")) {
      EdgeAnnouncement[] edges =
          Stream.of("a", "b", "c")
              .map(
                  id ->
                      edge(
                          id,
                          "",
                          url(id).equals(first) ? 9_000 : 0,
                          id.equals(follows) ? partition : 99))
              .toArray(EdgeAnnouncement[]::new);
      Located located = of(edges).locate(user, "");
      if (!url(follows).equals(first)) {
        assertThat(located.url()).isEqualTo(url(follows));
        assertThat(located.alternatives()).last().isEqualTo(first);
      }
    }
  }

  @Test
  void shouldNotTakeAFewConnectionsForLoad() {
    Placement idle = of(edge("a"), edge("b"), edge("c"));
    Placement few = of(edge("a", "", 900), edge("b"), edge("c"));

    assertThat(USERS).allMatch(user -> few.locate(user, "").equals(idle.locate(user, "")));
  }

  @Test
  void shouldStayInTheZoneWhileThereIsAnEdge() {
    Placement placement =
        of(edge("a", "east", 0), edge("b", "west", 0), edge("c", "west", 0), edge("d"));

    for (String user : USERS) {
      assertThat(placement.locate(user, "east").url()).isEqualTo(url("a"));
      assertThat(placement.locate(user, "east").alternatives()).hasSize(3);
      assertThat(placement.locate(user, "west").url()).isIn(url("b"), url("c"));
      assertThat(placement.locate(user, "west").alternatives().getFirst()).isIn(url("b"), url("c"));
      assertThat(placement.locate(user, "north")).isEqualTo(placement.locate(user, ""));
    }
  }

  @Test
  void shouldNameNobodyWhoDrains() {
    Placement placement = of(edge("a"), draining("b"));

    assertThat(placement.edges()).isEqualTo(2);
    assertThat(USERS)
        .allMatch(user -> placement.locate(user, "").equals(new Located(url("a"), List.of())));
    assertThat(of(draining("b")).locate("42", "")).isEqualTo(Located.NOWHERE);
  }

  @Test
  void shouldTellWhoAsksToStayWhenNoEdgeIsKnown() {
    assertThat(Placement.empty(SLOTS).locate("42", "").json())
        .isEqualTo("{\"url\":\"\",\"alternatives\":[],\"ttl_ms\":10000}");
    assertThat(new Located(url("a"), List.of(url("b"), url("c"))).json())
        .isEqualTo(
            "{\"url\":\"https://a.example.com\",\"alternatives\":[\"https://b.example.com\","
                + "\"https://c.example.com\"],\"ttl_ms\":10000}");
  }

  private static Placement of(EdgeAnnouncement... edges) {
    return Placement.empty(SLOTS).with(List.of(edges));
  }
}
