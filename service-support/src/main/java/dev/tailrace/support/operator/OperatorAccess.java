package dev.tailrace.support.operator;

import dev.tailrace.support.config.Setting;
import dev.tailrace.support.config.SettingException;
import dev.tailrace.support.config.Settings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who may read an operator port: whoever brings its token, or where there is none whoever reaches
 * it, which is this machine unless that is consented to. Probes need no token. Pages in a browser
 * of somebody who reaches it get nothing.
 *
 * <p>Threading: immutable.
 *
 * @param token empty when there is none
 * @param insecure whether the world may be served without one
 * @param plaintext whether the world may be served in plain text, which the port speaks
 */
public record OperatorAccess(String token, boolean insecure, boolean plaintext) {
  /** The token. */
  public static final Setting<String> TOKEN =
      Setting.secret(
          "operator.token",
          "Token that the operator port asks for (Authorization: Bearer), on all pages but /healthz"
              + " and /readyz; 16 characters or more. None: no page asks for one");

  /** Consent to none. */
  public static final Setting<Boolean> INSECURE =
      Setting.flag(
          "operator.insecure",
          false,
          "Serve the operator port on addresses other than loopback without a token: whoever"
              + " reaches it reads all of it");

  /** Consent to plain text. */
  public static final Setting<Boolean> PLAINTEXT =
      Setting.flag(
          "operator.plaintext",
          false,
          "Serve the operator port on addresses other than loopback, though it speaks plain text:"
              + " within a private network, or behind a proxy that has TLS");

  /** All of them, of edge and dispatcher alike. */
  public static final List<Setting<?>> SETTINGS = List.of(TOKEN, INSECURE, PLAINTEXT);

  /** What a challenge names. */
  public static final String CHALLENGE = "Bearer realm=\"operator\"";

  private static final Set<String> OPEN = Set.of("/healthz", "/readyz");

  /** What can be sent as it is (RFC 6750, 2.1). */
  private static final Pattern SENDABLE = Pattern.compile("[A-Za-z0-9._~+/=-]*");

  /** Hosts that no name server can lead elsewhere, with a port or without. */
  private static final Pattern UNBOUND =
      Pattern.compile(
          "(localhost|\\d{1,3}(\\.\\d{1,3}){3}|\\[[0-9a-f.]*:[0-9a-f.:%]*])(:\\d*)?",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern DEFAULT_PORT = Pattern.compile(":(80|443)?$");

  private static final int LEAST_LENGTH = 16;
  private static final String SCHEME = "Bearer ";

  /**
   * That of a configuration.
   *
   * @throws SettingException when the token is weak, or no client could send it
   */
  public static OperatorAccess from(Settings settings) {
    String token = token(settings, TOKEN);
    return new OperatorAccess(token, settings.get(INSECURE), settings.get(PLAINTEXT));
  }

  /**
   * A token that is asked for in an {@code Authorization: Bearer} header.
   *
   * @return empty when there is none
   * @throws SettingException when it is weak, or no client could send it
   */
  public static String token(Settings settings, Setting<String> setting) {
    String token = settings.get(setting);
    if (!SENDABLE.matcher(token).matches()) {
      throw new SettingException(
          setting.key() + " has characters other than letters, digits and -._~+/=");
    }
    if (!token.isEmpty() && token.length() < LEAST_LENGTH) {
      throw new SettingException(
          "%s has %d characters, it needs %d or more: openssl rand -hex 32 makes one"
              .formatted(setting.key(), token.length(), LEAST_LENGTH));
    }
    return token;
  }

  /** The token that a request's header brings; empty when it brings none. */
  public static String brought(@Nullable String authorization) {
    return authorization == null
            || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        ? ""
        : authorization.substring(SCHEME.length()).strip();
  }

  /**
   * Whether that is the token; where there is none nobody brings it. It takes as long for any wrong
   * one of the same length.
   */
  public static boolean matches(String token, String brought) {
    return !token.isEmpty()
        && MessageDigest.isEqual(
            token.getBytes(StandardCharsets.UTF_8), brought.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Refuses to serve the world without a token, or in plain text, unless that was consented to.
   *
   * @param hostKey the setting that names the address, for the message
   * @throws SettingException when it is not a loopback address and one of both is not there, or it
   *     is not known
   */
  public void requireSafe(String hostKey, String host) {
    InetAddress address;
    try {
      address = InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw new SettingException("%s: the address %s is not known".formatted(hostKey, host), e);
    }
    if (address.isLoopbackAddress()) {
      return;
    }
    if (token.isEmpty() && !insecure) {
      throw new SettingException(
          ("%s: %s is not a loopback address, and the operator port has no token: set %s (%s, or a"
                  + " file by %s), or %s=true to let everybody read it")
              .formatted(
                  hostKey,
                  host,
                  TOKEN.key(),
                  TOKEN.environmentName(),
                  TOKEN.flagName(),
                  INSECURE.key()));
    }
    if (!plaintext) {
      throw new SettingException(
          ("%s: %s is not a loopback address, and the operator port speaks plain text: keep it"
                  + " within a private network, or put a TLS proxy in front, and set %s=true")
              .formatted(hostKey, host, PLAINTEXT.key()));
    }
  }

  /**
   * Whether this page may be read. It takes as long for any wrong token of the same length.
   *
   * @param path as it will be routed
   * @param authorization the request's header; null when there is none
   */
  public boolean admits(String path, @Nullable String authorization) {
    return token.isEmpty() || OPEN.contains(path) || matches(token, brought(authorization));
  }

  /**
   * Why a request is refused that a page in a browser may have made: one of another origin, or one
   * whose name was bound to this address (DNS rebinding). The latter is found where there is no
   * token, which such a page would not have: then the port has an IP address or {@code localhost}
   * for a name, and no other.
   *
   * @param authority the host that was asked for, with its port unless that is the default; empty
   *     when none was named, which no browser does
   * @param origin the request's header; null when there is none
   * @return in words; null when it is not refused
   */
  public @Nullable String refusal(String authority, @Nullable String origin) {
    if (origin != null && !isOwn(origin, authority)) {
      return "pages of other origins may not read the operator port";
    }
    if (token.isEmpty() && !authority.isEmpty() && !UNBOUND.matcher(authority).matches()) {
      return "without %s the operator port is asked by an IP address or localhost, by no other name"
          .formatted(TOKEN.key());
    }
    return null;
  }

  /** By host and port: a proxy that ends TLS changes the scheme. */
  private static boolean isOwn(String origin, String authority) {
    int start = origin.indexOf("://");
    return start > 0 && name(origin.substring(start + 3)).equals(name(authority));
  }

  private static String name(String authority) {
    return DEFAULT_PORT.matcher(authority).replaceFirst("").toLowerCase(Locale.ROOT);
  }

  /** Without the token. */
  @Override
  public String toString() {
    return "OperatorAccess[token=%s, insecure=%s, plaintext=%s]"
        .formatted(token.isEmpty() ? "none" : "(secret)", insecure, plaintext);
  }
}
