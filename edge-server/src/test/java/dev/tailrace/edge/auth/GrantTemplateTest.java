package dev.tailrace.edge.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GrantTemplateTest {
  @ParameterizedTest
  @CsvSource({
    "orders.{sub}, 42, orders.42",
    "orders.{sub}, a.b, orders.a.b",
    "orders.{sub}.*, 42, orders.42.*",
    "{sub}.{sub}/*, 42, 42.42/*",
    "$user/{sub}, 42, $user/42",
    "orders.*, a.b, orders.*",
    "*, a.b, *"
  })
  void shouldPutTheUserInItsPlace(String grant, String user, String pattern) throws Exception {
    assertThat(GrantTemplate.resolve(grant, user)).isEqualTo(pattern);
  }

  @Test
  void shouldRefuseWhatNamesNoChannel() {
    refused("orders.{sub}", null, "{sub}, and there is no sub");
    refused("orders.{sub}", "x".repeat(200), "a {sub} of which no channel's name comes");
    refused("a b.{sub}", "42", "a {sub} of which no channel's name comes");
    refused("$broadcast{sub}", "42", "a {sub} of which no channel's name comes");
    refused("orders.{user}", "42", "a template other than {sub}");
    refused("orders.{sub}.{sub", "42", "a template other than {sub}");
  }

  @Test
  void shouldKeepUsersApart() {
    // That of 4 would cover what is 42's.
    refused("orders.{sub}*", "4", "{sub}*, which covers other users: something goes between");
    // orders.4.* of user 4 covers orders.4.2.*, so there must be no user 4.2.
    refused(
        "orders.{sub}.*",
        "4.2",
        "{sub}., and a sub that holds . itself: it would not stay apart from others");
    refused(
        "{sub}.{sub}/*",
        "a/b",
        "{sub}/, and a sub that holds / itself: it would not stay apart from others");
  }

  private static void refused(String grant, @Nullable String user, String why) {
    assertThatThrownBy(() -> GrantTemplate.resolve(grant, user))
        .isInstanceOf(GrantTemplate.UnresolvedException.class)
        .hasMessage(why);
  }
}
