package dev.tailrace.support.operator;

import dev.tailrace.support.config.Setting;
import dev.tailrace.support.config.SettingException;
import dev.tailrace.support.config.Settings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who may read an operator port: whoever brings its token, or where there is none whoever reaches
 * it, which is this machine unless that is consented to. Probes need no token.
 *
 * <p>Threading: immutable.
 *
 * @param token empty when there is none
 * @param insecure whether the world may be served without one
 */
public record OperatorAccess(String token, boolean insecure) {
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

  /** Both, of edge and dispatcher alike. */
  public static final List<Setting<?>> SETTINGS = List.of(TOKEN, INSECURE);

  /** What a challenge names. */
  public static final String CHALLENGE = "Bearer realm=\"operator\"";

  private static final Set<String> OPEN = Set.of("/healthz", "/readyz");

  /** What can be sent as it is (RFC 6750, 2.1). */
  private static final Pattern SENDABLE = Pattern.compile("[A-Za-z0-9._~+/=-]*");

  private static final int LEAST_LENGTH = 16;
  private static final String SCHEME = "Bearer ";

  /**
   * That of a configuration.
   *
   * @throws SettingException when the token is weak, or no client could send it
   */
  public static OperatorAccess from(Settings settings) {
    String token = settings.get(TOKEN);
    if (!SENDABLE.matcher(token).matches()) {
      throw new SettingException(
          TOKEN.key() + " has characters other than letters, digits and -._~+/=");
    }
    if (!token.isEmpty() && token.length() < LEAST_LENGTH) {
      throw new SettingException(
          "%s has %d characters, it needs %d or more: openssl rand -hex 32 makes one"
              .formatted(TOKEN.key(), token.length(), LEAST_LENGTH));
    }
    return new OperatorAccess(token, settings.get(INSECURE));
  }

  /**
   * Refuses to serve the world without a token, unless that was consented to.
   *
   * @param hostKey the setting that names the address, for the message
   * @throws SettingException when it is not a loopback address and there is neither, or it is not
   *     known
   */
  public void requireSafe(String hostKey, String host) {
    InetAddress address;
    try {
      address = InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw new SettingException("%s: the address %s is not known".formatted(hostKey, host), e);
    }
    if (token.isEmpty() && !insecure && !address.isLoopbackAddress()) {
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
  }

  /**
   * Whether this page may be read. It takes as long for any wrong token of the same length.
   *
   * @param path as it will be routed
   * @param authorization the request's header; null when there is none
   */
  public boolean admits(String path, @Nullable String authorization) {
    if (token.isEmpty() || OPEN.contains(path)) {
      return true;
    }
    if (authorization == null
        || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return false;
    }
    String brought = authorization.substring(SCHEME.length()).strip();
    return MessageDigest.isEqual(
        token.getBytes(StandardCharsets.UTF_8), brought.getBytes(StandardCharsets.UTF_8));
  }

  /** Without the token. */
  @Override
  public String toString() {
    return "OperatorAccess[token=%s, insecure=%s]"
        .formatted(token.isEmpty() ? "none" : "(secret)", insecure);
  }
}
