package dev.tailrace.support.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.schemas.Lane;
import dev.tailrace.v1.HotAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HotAddressesTest {
  private final HotAddresses hot = new HotAddresses();
  private long nowMs = 100_000;

  @Test
  void shouldBeExactWhileThereAreFew() {
    second(Map.of("scores", 3L, "news", 1L));
    second(Map.of("scores", 4L));

    assertThat(told(hot)).containsExactly("channels scores 7", "channels news 1");
  }

  @Test
  void shouldForgetWhatIsOlderThanTenSeconds() {
    second(Map.of("scores", 3L));
    for (int i = 0; i < 9; i++) {
      second(Map.of("news", 1L));
    }
    assertThat(told(hot)).containsExactly("channels news 9", "channels scores 3");

    second(Map.of());
    assertThat(told(hot)).containsExactly("channels news 9");
    for (int i = 0; i < 9; i++) {
      second(Map.of());
    }
    assertThat(told(hot)).isEmpty();
  }

  @Test
  void shouldCloseASecondNoSooner() {
    hot.turn(nowMs);
    hot.add(Lane.CHANNELS, "scores", 1);
    hot.turn(nowMs + 999);
    assertThat(hot.latest()).isEmpty();
    hot.turn(nowMs + 1_000);
    assertThat(told(hot)).containsExactly("channels scores 1");
  }

  @Test
  void shouldCostNothingWhileNothingComesUp() {
    for (int i = 0; i < 3; i++) {
      second(Map.of());
    }

    assertThat(hot.latest()).isEmpty();
  }

  @Test
  void shouldGoOnWhenTheClockIsSetBack() {
    second(Map.of("scores", 3L));
    nowMs -= 3_600_000;
    second(Map.of("news", 1L));

    assertThat(told(hot))
        .as("what is of the future is forgotten")
        .containsExactly("channels news 1");
  }

  /** Of each second 64 are kept; an address may have had as much in another as the next of it. */
  @Test
  void shouldTellWhatAnAddressHasAtMost() {
    Map<String, Long> first = new HashMap<>();
    Map<String, Long> then = new HashMap<>();
    for (long i = 0; i < 100; i++) {
      first.put("first-" + i, 1_000 + i);
      then.put("then-" + i, 1_000 + i);
    }
    second(first);
    second(then);

    Hits hits = hot.latest().getOrDefault(Lane.CHANNELS, Hits.NONE);
    assertThat(hits.counts().get("first-99")).isEqualTo(new Hits.Count(1_099 + 1_035, 1_099));
    assertThat(told(hot)).startsWith("channels first-99 2134", "channels then-99 2134");
  }

  @Test
  void shouldTellThoseThatHaveAsMuchByTheirNames() {
    hot.add(Lane.USERS, "a", 1);
    hot.add(Lane.CHANNELS, "z", 1);
    for (String name : List.of("d", "b", "c", "e")) {
      hot.add(Lane.CHANNELS, name, 1);
    }
    hot.turn(nowMs);

    assertThat(told(hot))
        .containsExactly(
            "channels b 1",
            "channels c 1",
            "channels d 1",
            "channels e 1",
            "channels z 1",
            "users a 1");
  }

  /** A thousand addresses come up at random, and a few much more often. */
  @Test
  void shouldFindThoseOfMostAmongVeryManyAndTellTooFewOfNone() {
    Random random = new Random(5);
    Map<String, Long> truth = new HashMap<>();
    for (int second = 0; second < 5; second++) {
      Map<String, Long> counts = new HashMap<>();
      for (int i = 0; i < 20_000; i++) {
        counts.merge("user-" + random.nextInt(1_000), 1L, Long::sum);
      }
      counts.put("popular", 5_000L);
      counts.put("liked", 3_000L);
      counts.forEach((address, count) -> truth.merge(address, count, Long::sum));
      second(counts);
    }

    assertThat(told(hot)).as("one of very many is nobody's news").hasSize(2);
    assertThat(told(hot).get(0)).startsWith("channels popular ");
    assertThat(told(hot).get(1)).startsWith("channels liked ");
    Hits hits = hot.latest().getOrDefault(Lane.CHANNELS, Hits.NONE);
    truth.forEach(
        (address, count) -> {
          Hits.Count known = hits.counts().get(address);
          assertThat(known == null ? hits.others() : known.atMost())
              .as(address)
              .isGreaterThanOrEqualTo(count);
          if (known != null) {
            assertThat(known.atLeast()).as(address).isLessThanOrEqualTo(count);
          }
        });
    assertThat(hits.counts()).as("what is kept is bounded").hasSize(64);
  }

  @Test
  void shouldAddUpWhatSeveralHaveCountedAndTellOfTwentyAtMost() {
    HotAddresses other = new HotAddresses();
    for (int i = 0; i < 30; i++) {
      hot.add(Lane.USERS, "u" + i, i + 1);
      other.add(Lane.USERS, "u" + i, 100);
    }
    other.add(Lane.CHANNELS, "u29", 1_000);
    hot.turn(nowMs);
    other.turn(nowMs);

    List<HotAddress> most = HotAddresses.most(List.of(hot.latest(), other.latest()));
    assertThat(most).hasSize(20);
    assertThat(most.get(0)).isEqualTo(address("channels", "u29", 1_000));
    assertThat(most.get(1)).isEqualTo(address("users", "u29", 130));
  }

  private static HotAddress address(String lane, String address, long count) {
    return HotAddress.newBuilder().setLane(lane).setAddress(address).setCount(count).build();
  }

  private void second(Map<String, Long> counts) {
    counts.forEach((address, count) -> hot.add(Lane.CHANNELS, address, count));
    nowMs += 1_000;
    hot.turn(nowMs);
  }

  private static List<String> told(HotAddresses of) {
    return HotAddresses.most(List.of(of.latest())).stream()
        .map(one -> one.getLane() + " " + one.getAddress() + " " + one.getCount())
        .toList();
  }
}
