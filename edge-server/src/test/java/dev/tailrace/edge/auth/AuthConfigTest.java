package dev.tailrace.edge.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.support.config.SettingException;
import dev.tailrace.support.config.Settings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AuthConfigTest {
  private static final List<String> PAGES = List.of("https://a.example");

  @Test
  void shouldRefuseACookieThatAnyPageCouldUse() {
    assertThat(from(PAGES, "auth.cookie", "__Host-token").cookie()).isEqualTo("__Host-token");
    for (List<String> origins :
        List.of(List.<String>of(), List.of("*"), List.of("https://a.example", "*"))) {
      assertThatThrownBy(() -> from(origins, "auth.cookie", "token"))
          .isInstanceOf(SettingException.class)
          .hasMessageStartingWith("auth.cookie needs the origins of the pages");
    }
    assertThatThrownBy(() -> from(PAGES, "auth.cookie", "a b"))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("is not a cookie's name");
  }

  @Test
  void shouldRefuseAnonymousChannelsThatAreNoPatterns() {
    assertThat(from(PAGES, "auth.anonymous.channels", "scores, game.*").anonymousChannels())
        .containsExactly("scores", "game.*");
    for (String bad : List.of("a*b", "orders.{sub}")) {
      assertThatThrownBy(() -> from(PAGES, "auth.anonymous.channels", bad))
          .isInstanceOf(SettingException.class)
          .hasMessageStartingWith("auth.anonymous.channels: \"" + bad + "\"");
    }
  }

  @Test
  void shouldRefuseToFetchKeysWithoutAPause() {
    assertThatThrownBy(() -> from(PAGES, "auth.jwks.pause", "99ms"))
        .isInstanceOf(SettingException.class);
    assertThatThrownBy(() -> from(PAGES, "auth.jwks.refresh", "9s"))
        .isInstanceOf(SettingException.class);
  }

  private static AuthConfig from(List<String> origins, String key, String value) {
    return AuthConfig.from(Settings.of(Map.of(key, value)), origins);
  }
}
