package dev.tailrace.edge.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class GrantsTest {
  @Test
  void shouldAllowExactNamesAndBeginnings() {
    Grants grants = Grants.of(List.of("news", "scores.*"));
    assertThat(grants.allows("news")).isTrue();
    assertThat(grants.allows("scores.")).isTrue();
    assertThat(grants.allows("scores.today")).isTrue();
    assertThat(grants.allows("news.today")).isFalse();
    assertThat(grants.allows("scores")).isFalse();
    assertThat(grants.allows("scores.*x")).isTrue();
    assertThat(grants.allows("")).isFalse();
  }

  @Test
  void shouldRefuseAStarThatIsNotLast() {
    for (String pattern : List.of("", "*a", "a*b", "a**")) {
      assertThat(Grants.isPattern(pattern)).as(pattern).isFalse();
      assertThatThrownBy(() -> Grants.of(List.of(pattern)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void shouldLetEverybodyFollowTheBroadcastChannelAndNobodyPublishThereWithoutAGrant() {
    assertThat(SubscribeGrants.NONE.allows("$broadcast")).isTrue();
    assertThat(SubscribeGrants.NONE.allows("news")).isFalse();
    assertThat(publish("news", "p.*").allowsChannel("$broadcast")).isFalse();
    assertThat(publish("$broadcast").allowsChannel("$broadcast")).isTrue();
    assertThat(publish("*").allowsChannel("$broadcast")).isTrue();
  }

  @Test
  void shouldGrantUsersUnderANameThatNoChannelCanHave() {
    assertThat(publish("$user/42").allowsUser("42")).isTrue();
    assertThat(publish("$user/42").allowsUser("43")).isFalse();
    assertThat(publish("$user/*").allowsUser("43")).isTrue();
    assertThat(publish("42", "user/*", "4*").allowsUser("42")).isFalse();
    assertThat(publish("$user/*").allowsChannel("42")).isFalse();
  }

  private static PublishGrants publish(String... patterns) {
    return new PublishGrants(Grants.of(List.of(patterns)));
  }
}
