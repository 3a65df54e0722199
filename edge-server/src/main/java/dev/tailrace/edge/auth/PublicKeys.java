package dev.tailrace.edge.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Public keys as read: of a JWK Set (RFC 7517) or of PEM blocks. Keys that are not for signatures,
 * or of a type that nobody here knows, are none of ours; the others that cannot be used are named.
 *
 * <p>Threading: immutable.
 *
 * @param problems of keys that were left out, in words; they quote nothing of a key
 */
record PublicKeys(List<TokenKey> keys, List<String> problems) {
  /** Most keys of one source: a token that names none is held against each of them. */
  static final int MAX_KEYS = 64;

  /** Longest text of keys, in bytes. */
  static final int MAX_BYTES = 256 << 10;

  private static final Pattern PEM_BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]*)-----END \\1-----");
  private static final List<String> TYPES = List.of("RSA", "EC", "Ed25519");

  /** What comes before the 32 bytes of an Ed25519 key in its X.509 form (RFC 8410). */
  private static final byte[] ED25519_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

  private static final int ED25519_BYTES = 32;

  /**
   * Reads either form.
   *
   * @throws UnusableKeyException when it is neither
   */
  static PublicKeys parse(String text) throws UnusableKeyException {
    return text.stripLeading().startsWith("{") ? parseJwkSet(text) : parsePem(text);
  }

  /**
   * Reads a JWK Set.
   *
   * @throws UnusableKeyException when it is none
   */
  static PublicKeys parseJwkSet(String json) throws UnusableKeyException {
    List<Object> members;
    try {
      members = JSONObjectUtils.getJSONArray(JSONObjectUtils.parse(json, MAX_BYTES), "keys");
    } catch (ParseException e) {
      throw new UnusableKeyException("is not a JWK Set (RFC 7517): not JSON", e);
    }
    if (members == null) {
      throw new UnusableKeyException("is not a JWK Set (RFC 7517): it has no list \"keys\"");
    }
    Reading reading = new Reading();
    for (int i = 0; i < members.size(); i++) {
      reading.add("key " + (i + 1), members.get(i));
    }
    return reading.result();
  }

  private static PublicKeys parsePem(String text) throws UnusableKeyException {
    Reading reading = new Reading();
    Matcher blocks = PEM_BLOCK.matcher(text);
    for (int i = 1; blocks.find(); i++) {
      String label = blocks.group(1);
      String base64 = blocks.group(2);
      reading.add("block " + i, () -> TokenKey.ofPublic(null, ofPem(label, base64), null));
    }
    if (reading.isEmpty()) {
      throw new UnusableKeyException(
          "holds neither a JWK Set nor a PEM block: -----BEGIN PUBLIC KEY-----");
    }
    return reading.result();
  }

  private static PublicKey ofPem(String label, String base64) throws UnusableKeyException {
    byte[] der;
    try {
      der = Base64.getMimeDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new UnusableKeyException("is not base64", e);
    }
    return switch (label) {
      case "PUBLIC KEY" -> ofX509(der);
      case "CERTIFICATE" -> ofCertificate(der);
      case "RSA PUBLIC KEY" ->
          throw new UnusableKeyException(
              "is a bare RSA key: `openssl rsa -RSAPublicKey_in -pubout -in FILE` makes PUBLIC KEY"
                  + " of it");
      default ->
          throw new UnusableKeyException(
              label.endsWith("PRIVATE KEY")
                  ? "is a private key, which an edge must not have: `openssl pkey -pubout -in FILE`"
                      + " makes the public one of it"
                  : "is neither PUBLIC KEY nor CERTIFICATE");
    };
  }

  private static PublicKey ofCertificate(byte[] der) throws UnusableKeyException {
    try {
      return CertificateFactory.getInstance("X.509")
          .generateCertificate(new ByteArrayInputStream(der))
          .getPublicKey();
    } catch (GeneralSecurityException e) {
      throw new UnusableKeyException("is not an X.509 certificate", e);
    }
  }

  private static PublicKey ofX509(byte[] der) throws UnusableKeyException {
    for (String type : TYPES) {
      PublicKey key = ofX509(type, der);
      if (key != null) {
        return key;
      }
    }
    throw new UnusableKeyException("is not a public key of RSA, EC or Ed25519");
  }

  private static @Nullable PublicKey ofX509(String type, byte[] der) {
    try {
      return KeyFactory.getInstance(type).generatePublic(new X509EncodedKeySpec(der));
    } catch (InvalidKeySpecException e) {
      return null; // of another type
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every JDK has them
    }
  }

  private static TokenKey of(JWK jwk) throws UnusableKeyException {
    if (jwk.isPrivate()) {
      throw new UnusableKeyException("is a private or secret key, which nobody is to see");
    }
    try {
      PublicKey key =
          switch (jwk) {
            case RSAKey rsa -> rsa.toRSAPublicKey();
            case ECKey ec -> ec.toECPublicKey();
            case OctetKeyPair pair when pair.getCurve().equals(Curve.Ed25519) -> ofEd25519(pair);
            default ->
                throw new UnusableKeyException("is of the type " + jwk.getKeyType().getValue());
          };
      return TokenKey.ofPublic(jwk.getKeyID(), key, jwk.getAlgorithm());
    } catch (JOSEException e) {
      throw new UnusableKeyException("is no key: " + e.getMessage(), e);
    }
  }

  private static PublicKey ofEd25519(OctetKeyPair pair) throws UnusableKeyException {
    byte[] point = pair.getDecodedX();
    if (point.length != ED25519_BYTES) {
      throw new UnusableKeyException(
          "is no key of Ed25519: it has %d bytes".formatted(point.length));
    }
    byte[] der = Arrays.copyOf(ED25519_PREFIX, ED25519_PREFIX.length + ED25519_BYTES);
    System.arraycopy(point, 0, der, ED25519_PREFIX.length, ED25519_BYTES);
    return ofX509(der);
  }

  private static boolean isForTokens(JWK jwk) {
    KeyUse use = jwk.getKeyUse();
    return (use == null || use.equals(KeyUse.SIGNATURE))
        && (jwk.getKeyOperations() == null || jwk.getKeyOperations().contains(KeyOperation.VERIFY));
  }

  /** Something that gives a key. */
  private interface KeyReader {
    TokenKey read() throws UnusableKeyException;
  }

  /** What was read so far. */
  private static final class Reading {
    private final List<TokenKey> keys = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    void add(String name, Object member) {
      if (!(member instanceof Map<?, ?> map) || !(map.get("kty") instanceof String)) {
        problems.add(name + " is no JSON Web Key");
        return;
      }
      try {
        Map<String, Object> members = new HashMap<>();
        map.forEach((key, value) -> members.put(String.valueOf(key), value));
        JWK jwk = JWK.parse(members);
        if (isForTokens(jwk)) {
          String id = jwk.getKeyID();
          add(id == null ? name : "%s (kid %s)".formatted(name, TokenKey.shown(id)), () -> of(jwk));
        }
      } catch (ParseException | IllegalArgumentException | IllegalStateException e) {
        problems.add(name + " is no JSON Web Key that is known here");
      }
    }

    void add(String name, KeyReader reader) {
      if (keys.size() == MAX_KEYS) {
        problems.add("%s is one more than %d".formatted(name, MAX_KEYS));
        return;
      }
      try {
        keys.add(reader.read());
      } catch (UnusableKeyException e) {
        problems.add(name + ": " + TokenKey.shown(String.valueOf(e.getMessage())));
      }
    }

    boolean isEmpty() {
      return keys.isEmpty() && problems.isEmpty();
    }

    PublicKeys result() {
      return new PublicKeys(List.copyOf(keys), List.copyOf(problems));
    }
  }
}
