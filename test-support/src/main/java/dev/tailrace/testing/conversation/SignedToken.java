package dev.tailrace.testing.conversation;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tokens as an application's issuer signs them (RFC 7515, HS256), of the claims of a {@code token>}
 * line: {@code issued_in} and {@code expires_in} there are seconds from now.
 */
final class SignedToken {
  private static final String ISSUED_IN = "issued_in";
  private static final String EXPIRES_IN = "expires_in";
  private static final int A_MINUTE_AGO = -60;
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private SignedToken() {}

  static String of(JsonNode line, String secret, Instant now) {
    ObjectNode claims = JsonNodeFactory.instance.objectNode();
    claims.put("iat", now.getEpochSecond() + line.path(ISSUED_IN).asLong(A_MINUTE_AGO));
    if (line.has(EXPIRES_IN)) {
      claims.put("exp", now.getEpochSecond() + line.path(EXPIRES_IN).asLong());
    }
    for (Map.Entry<String, JsonNode> claim : line.properties()) {
      if (!claim.getKey().equals(ISSUED_IN) && !claim.getKey().equals(EXPIRES_IN)) {
        claims.set(claim.getKey(), claim.getValue());
      }
    }
    String text = encoded("{\"alg\":\"HS256\"}") + "." + encoded(claims.toString());
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
