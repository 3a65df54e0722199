package dev.tailrace.system;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Tokens as an application would sign them (RFC 7515, HS256). */
final class SoakTokens {
  /** What the edge verifies them with. */
  static final String SECRET = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private SoakTokens() {}

  /** One with all grants. */
  static String of(String user, Instant issuedAt, Instant expires) {
    return signed(user, issuedAt, expires, SECRET);
  }

  /** The same, verified with this secret. */
  static String of(String user, Instant issuedAt, Instant expires, String secret) {
    return signed(user, issuedAt, expires, secret);
  }

  /** One that may follow this channel alone, and publish nothing. */
  static String of(String user, String channel) {
    Instant now = Instant.now();
    return signed(user, now, now.plusSeconds(3_600), SECRET, "[\"%s\"]".formatted(channel), "[]");
  }

  /** One of somebody else's making. */
  static String forged(String user, Instant issuedAt) {
    return signed(user, issuedAt, issuedAt.plusSeconds(3_600), SECRET.replace('0', '1'));
  }

  private static String signed(String user, Instant issuedAt, Instant expires, String secret) {
    return signed(user, issuedAt, expires, secret, "[\"*\"]", "[\"*\"]");
  }

  private static String signed(
      String user,
      Instant issuedAt,
      Instant expires,
      String secret,
      String subscribe,
      String publish) {
    String claims =
        "{\"sub\":\"%s\",\"iat\":%d,\"exp\":%d,\"subscribe\":%s,\"publish\":%s}"
            .formatted(
                user, issuedAt.getEpochSecond(), expires.getEpochSecond(), subscribe, publish);
    String text = encoded("{\"alg\":\"HS256\"}") + "." + encoded(claims);
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return text + "." + BASE64.encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String encoded(String json) {
    return BASE64.encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }
}
