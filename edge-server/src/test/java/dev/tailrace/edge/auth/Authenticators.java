package dev.tailrace.edge.auth;

import dev.tailrace.support.config.Settings;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** Makes the authenticators of tests, of keys that do not change. */
public final class Authenticators {
  private Authenticators() {}

  /** As configured. */
  public static RequestAuthenticator of(Map<String, String> values) {
    return of(Settings.of(values));
  }

  /** As configured. */
  public static RequestAuthenticator of(Settings settings) {
    AuthConfig config = AuthConfig.from(settings, List.of());
    TokenKeys keys =
        new TokenKeys(
            config,
            InstantSource.system(),
            () -> 0,
            new KeyListener() {
              @Override
              public void onKeysFetched() {}

              @Override
              public void onKeysNotFetched() {}
            });
    return RequestAuthenticator.of(config, keys, List.of());
  }
}
