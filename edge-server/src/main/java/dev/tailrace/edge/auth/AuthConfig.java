package dev.tailrace.edge.auth;

import dev.tailrace.support.config.Setting;
import dev.tailrace.support.config.SettingException;
import dev.tailrace.support.config.Settings;
import java.time.Duration;
import java.util.List;

/**
 * How identities are established.
 *
 * @param hmacSecret key of HS256, HS384 and HS512 tokens; empty when there is none
 * @param keysFile of public keys; empty when there is none
 * @param jwksUrl where public keys are fetched; empty when there is none
 * @param jwksRefresh how often they are fetched
 * @param jwksPause the least time between two fetches
 * @param issuers the {@code iss} that are taken; empty for any
 * @param audiences the {@code aud} of which one is asked for; empty for any
 * @param anonymousChannels which anybody may follow; empty when nobody may without a token
 * @param cookie that a browser's token may come in; empty when there is none
 * @param development whether a {@code user} parameter stands for a token
 */
public record AuthConfig(
    String hmacSecret,
    String keysFile,
    String jwksUrl,
    Duration jwksRefresh,
    Duration jwksPause,
    List<String> issuers,
    List<String> audiences,
    List<String> anonymousChannels,
    String cookie,
    boolean development) {
  /** The shared secret. */
  public static final Setting<String> HMAC_SECRET =
      Setting.secret(
          "auth.hmac.secret",
          "Key of the HS256 tokens that clients bring: its UTF-8 bytes, 32 or more; with 48 also of"
              + " HS384, with 64 of HS512");

  /** A file of public keys. */
  public static final Setting<String> KEYS_FILE =
      Setting.text(
          "auth.keys.file",
          "",
          "File of the public keys of tokens: PEM (PUBLIC KEY, CERTIFICATE) or a JWK Set; read"
              + " again when it changes");

  /** Where public keys are. */
  public static final Setting<String> JWKS_URL =
      Setting.text(
          "auth.jwks.url",
          "",
          "Where the JWK Set with the public keys of tokens is fetched: https, or http on a"
              + " loopback address");

  /** How often it is fetched. */
  public static final Setting<Duration> JWKS_REFRESH =
      Setting.duration("auth.jwks.refresh", "5m", "How often it is fetched");

  /** How often at most. */
  public static final Setting<Duration> JWKS_PAUSE =
      Setting.duration(
          "auth.jwks.pause",
          "10s",
          "Least time between two fetches, also when tokens name keys that are not known");

  /** Who may have issued tokens. */
  public static final Setting<List<String>> ISSUER =
      Setting.list("auth.issuer", "", "The iss that tokens must have, or several; none: any");

  /** For whom tokens may be. */
  public static final Setting<List<String>> AUDIENCE =
      Setting.list(
          "auth.audience",
          "",
          "The aud that tokens must have, or several, of which one; none: any");

  /** What needs no token. */
  public static final Setting<List<String>> ANONYMOUS_CHANNELS =
      Setting.list(
          "auth.anonymous.channels",
          "",
          "Channels that may be followed without a token: exact names, or a beginning and *; none:"
              + " everybody needs one");

  /** Where browsers may have it. */
  public static final Setting<String> COOKIE =
      Setting.text(
          "auth.cookie",
          "",
          "Name of a cookie that a browser's token may come in, for the origins that"
              + " edge.cors.origins lists; none: no cookie is looked at");

  /** Development mode. */
  public static final Setting<Boolean> DEVELOPMENT =
      Setting.flag(
          "dev",
          false,
          "Development mode, as `tailrace dev` sets it: ?user=42 stands for a token and may do"
              + " anything, every browser origin is let in, the page is served at /");

  /** All settings of this part. */
  public static final List<Setting<?>> SETTINGS =
      List.of(
          HMAC_SECRET,
          KEYS_FILE,
          JWKS_URL,
          JWKS_REFRESH,
          JWKS_PAUSE,
          ISSUER,
          AUDIENCE,
          ANONYMOUS_CHANNELS,
          COOKIE,
          DEVELOPMENT);

  private static final String EVERY_ORIGIN = "*";
  private static final String COOKIE_NAME = "[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}";
  private static final Duration LEAST_PAUSE = Duration.ofMillis(100);

  /**
   * That of a configuration.
   *
   * @param origins browser origins that are let in
   * @throws SettingException when what is set does not go together
   */
  public static AuthConfig from(Settings settings, List<String> origins) {
    AuthConfig config =
        new AuthConfig(
            settings.get(HMAC_SECRET),
            settings.get(KEYS_FILE),
            settings.get(JWKS_URL),
            settings.get(JWKS_REFRESH),
            settings.get(JWKS_PAUSE),
            settings.get(ISSUER),
            settings.get(AUDIENCE),
            settings.get(ANONYMOUS_CHANNELS),
            settings.get(COOKIE),
            settings.get(DEVELOPMENT));
    requirePatterns(config.anonymousChannels());
    requireCookieOfKnownPages(config.cookie(), origins);
    if (config.jwksPause().compareTo(LEAST_PAUSE) < 0
        || config.jwksRefresh().compareTo(config.jwksPause()) < 0) {
      throw new SettingException(
          "%s is to be %d ms or more, and %s no less than that"
              .formatted(JWKS_PAUSE.key(), LEAST_PAUSE.toMillis(), JWKS_REFRESH.key()));
    }
    return config;
  }

  private static void requirePatterns(List<String> channels) {
    for (String channel : channels) {
      if (!Grants.isPattern(channel) || channel.indexOf('{') >= 0) {
        throw new SettingException(
            "%s: \"%s\" is not a channel's name, or a beginning and one * at its end"
                .formatted(ANONYMOUS_CHANNELS.key(), channel));
      }
    }
  }

  /** A cookie goes along whoever asks: it may count only when it is known who does. */
  private static void requireCookieOfKnownPages(String cookie, List<String> origins) {
    if (cookie.isEmpty()) {
      return;
    }
    if (!cookie.matches(COOKIE_NAME)) {
      throw new SettingException(COOKIE.key() + " is not a cookie's name (RFC 6265, 4.1.1)");
    }
    if (origins.isEmpty() || origins.contains(EVERY_ORIGIN)) {
      throw new SettingException(
          "%s needs the origins of the pages that may use it in edge.cors.origins, and not *: any"
                  .formatted(COOKIE.key())
              + " page could act for whoever looks at it");
    }
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "AuthConfig[hmacSecret=%s, keysFile=%s, jwksUrl=%s, development=%s]"
        .formatted(
            hmacSecret.isEmpty() ? "none" : "(secret)",
            keysFile.isEmpty() ? "none" : keysFile,
            jwksUrl.isEmpty() ? "none" : "(set)",
            development);
  }
}
