package dev.tailrace.system.rehearsals;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;

/**
 * Signs tokens by a key of its own (ES256), and publishes the public half.
 *
 * <p>Threading: any thread.
 */
final class TokenIssuer {
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
  private static final int COORDINATE_BYTES = 32;

  private final String keyId;
  private final KeyPair keys;

  TokenIssuer(String keyId) throws GeneralSecurityException {
    this.keyId = keyId;
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    keys = generator.generateKeyPair();
  }

  /** A token with all grants. */
  String token(String user) {
    String text =
        encoded("{\"alg\":\"ES256\",\"kid\":\"%s\"}".formatted(keyId))
            + "."
            + encoded(
                "{\"sub\":\"%s\",\"iat\":%d,\"exp\":%d,\"subscribe\":[\"*\"],\"publish\":[\"*\"]}"
                    .formatted(
                        user,
                        Instant.now().getEpochSecond(),
                        Instant.now().plusSeconds(3_600).getEpochSecond()));
    try {
      Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
      signature.initSign(keys.getPrivate());
      signature.update(text.getBytes(StandardCharsets.UTF_8));
      return text + "." + BASE64.encodeToString(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String encoded(String json) {
    return BASE64.encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  /** The public key as a member of a JWK Set. */
  String jwk() {
    ECPublicKey key = (ECPublicKey) keys.getPublic();
    return "{\"kty\":\"EC\",\"crv\":\"P-256\",\"use\":\"sig\",\"kid\":\"%s\",\"x\":\"%s\",\"y\":\"%s\"}"
        .formatted(
            keyId,
            coordinate(key.getW().getAffineX().toByteArray()),
            coordinate(key.getW().getAffineY().toByteArray()));
  }

  /** Without the sign, and with the zeros that are missing. */
  private static String coordinate(byte[] number) {
    byte[] fixed = new byte[COORDINATE_BYTES];
    byte[] digits =
        Arrays.copyOfRange(number, Math.max(0, number.length - COORDINATE_BYTES), number.length);
    System.arraycopy(digits, 0, fixed, COORDINATE_BYTES - digits.length, digits.length);
    return BASE64.encodeToString(fixed);
  }

  /** The public key as a block of PEM. */
  String pem() {
    return "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n"
        .formatted(
            Base64.getMimeEncoder(64, new byte[] {'\n'})
                .encodeToString(keys.getPublic().getEncoded()));
  }
}
