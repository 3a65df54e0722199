package dev.tailrace.edge.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SubscriptionIndexTest {
  private final SubscriptionIndex<String> index = new SubscriptionIndex<>();

  @Test
  void shouldFindThoseWhoFollowAnAddressInTheOrderTheyCame() {
    index.add("one", Set.of("scores", "prices"));
    index.add("two", Set.of("scores"));
    index.add("three", Set.of("prices"));

    assertThat(followers("scores")).containsExactly("one", "two");
    assertThat(followers("prices")).containsExactly("one", "three");
    assertThat(followers("news")).isEmpty();
  }

  @Test
  void shouldNameEverybodyOnceHoweverManyAddressesHeFollows() {
    index.add("one", Set.of("scores", "prices", "news"));
    index.add("two", Set.of("scores"));

    assertThat(index.all()).containsExactly("one", "two");
  }

  @Test
  void shouldForgetWhoIsTakenOut() {
    index.add("one", Set.of("scores", "prices"));
    index.add("two", Set.of("scores"));

    index.remove("one", Set.of("scores", "prices"));

    assertThat(followers("scores")).containsExactly("two");
    assertThat(followers("prices")).isEmpty();
    assertThat(index.all()).containsExactly("two");
    index.remove("two", Set.of("scores"));
    assertThat(index.isEmpty()).isTrue();
  }

  @Test
  void shouldNotMindWhoIsTakenOutTwice() {
    index.add("one", Set.of("scores"));
    index.remove("one", Set.of("scores"));

    index.remove("one", Set.of("scores"));

    assertThat(index.isEmpty()).isTrue();
  }

  private List<String> followers(String address) {
    List<String> found = new ArrayList<>();
    index.forEach(address, found::add);
    return found;
  }
}
