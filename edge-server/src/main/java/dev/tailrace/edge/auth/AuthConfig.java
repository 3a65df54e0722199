package dev.tailrace.edge.auth;

import dev.tailrace.support.config.Setting;
import dev.tailrace.support.config.Settings;
import java.util.List;

/**
 * How identities are established.
 *
 * @param hmacSecret key of HS256 tokens; empty when there is none
 * @param development whether a {@code user} parameter stands for a token
 */
public record AuthConfig(String hmacSecret, boolean development) {
  /** The shared secret. */
  public static final Setting<String> HMAC_SECRET =
      Setting.secret(
          "auth.hmac.secret",
          "Key of the HS256 tokens that clients bring: its UTF-8 bytes, 32 or more");

  /** Development mode. */
  public static final Setting<Boolean> DEVELOPMENT =
      Setting.flag(
          "dev",
          false,
          "Development mode, as `tailrace dev` sets it: ?user=42 stands for a token and may do"
              + " anything, every browser origin is let in, the page is served at /");

  /** All settings of this part. */
  public static final List<Setting<?>> SETTINGS = List.of(HMAC_SECRET, DEVELOPMENT);

  /** That of a configuration. */
  public static AuthConfig from(Settings settings) {
    return new AuthConfig(settings.get(HMAC_SECRET), settings.get(DEVELOPMENT));
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "AuthConfig[hmacSecret=%s, development=%s]"
        .formatted(hmacSecret.isEmpty() ? "none" : "(secret)", development);
  }
}
