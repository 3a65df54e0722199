package dev.tailrace.edge.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.impl.BaseJWSProvider;
import com.nimbusds.jose.crypto.opts.AllowWeakRSAKey;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A key pair that tests sign tokens with. */
public final class SigningKey {
  private static final int ED25519_PREFIX_BYTES = 12;

  private final @Nullable String id;
  private final KeyPair pair;
  private final JWSSigner signer;

  private SigningKey(@Nullable String id, KeyPair pair, JWSSigner signer) {
    this.id = id;
    this.pair = pair;
    this.signer = signer;
  }

  /** One of RSA. */
  public static SigningKey rsa(@Nullable String id, int bits) {
    KeyPair pair = generate("RSA", generator -> generator.initialize(bits));
    return new SigningKey(
        id, pair, new RSASSASigner(pair.getPrivate(), Set.of(AllowWeakRSAKey.getInstance())));
  }

  /** One of RSA, strong enough. */
  public static SigningKey rsa(@Nullable String id) {
    return rsa(id, 2_048);
  }

  /** One on P-256, P-384 or P-521. */
  public static SigningKey ec(@Nullable String id, Curve curve) {
    KeyPair pair =
        generate(
            "EC", generator -> generator.initialize(new ECGenParameterSpec(curve.getStdName())));
    try {
      return new SigningKey(id, pair, new ECDSASigner((ECPrivateKey) pair.getPrivate()));
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  /** One of Ed25519. */
  public static SigningKey ed25519(@Nullable String id) {
    KeyPair pair = generate("Ed25519", _ -> {});
    return new SigningKey(id, pair, new Ed25519Signer(pair));
  }

  private interface Initializer {
    void initialize(KeyPairGenerator generator) throws InvalidAlgorithmParameterException;
  }

  private static KeyPair generate(String type, Initializer initializer) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(type);
      initializer.initialize(generator);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class Ed25519Signer extends BaseJWSProvider implements JWSSigner {
    private final KeyPair pair;

    Ed25519Signer(KeyPair pair) {
      super(Set.of(JWSAlgorithm.EdDSA, JWSAlgorithm.Ed25519));
      this.pair = pair;
    }

    @Override
    public Base64URL sign(JWSHeader header, byte[] input) throws JOSEException {
      try {
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(pair.getPrivate());
        signature.update(input);
        return Base64URL.encode(signature.sign());
      } catch (GeneralSecurityException e) {
        throw new JOSEException(e.getMessage(), e);
      }
    }
  }

  /** A token with these claims. */
  public String sign(JWSAlgorithm algorithm, JWTClaimsSet claims) {
    return sign(new JWSHeader.Builder(algorithm).keyID(id).build(), claims);
  }

  /** A token with this header and these claims. */
  String sign(JWSHeader header, JWTClaimsSet claims) {
    try {
      SignedJWT jwt = new SignedJWT(header, claims);
      jwt.sign(signer);
      return jwt.serialize();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The public half. */
  public PublicKey publicKey() {
    return pair.getPublic();
  }

  KeyPair pair() {
    return pair;
  }

  /** The public half as a JSON Web Key. */
  public JWK jwk() {
    return switch (pair.getPublic()) {
      case RSAPublicKey rsa -> new RSAKey.Builder(rsa).keyID(id).build();
      case ECPublicKey ec ->
          new ECKey.Builder(Curve.forECParameterSpec(ec.getParams()), ec).keyID(id).build();
      case PublicKey ed -> {
        byte[] x509 = ed.getEncoded();
        byte[] point = Arrays.copyOfRange(x509, ED25519_PREFIX_BYTES, x509.length);
        yield new OctetKeyPair.Builder(Curve.Ed25519, Base64URL.encode(point)).keyID(id).build();
      }
    };
  }

  /** The public half in PEM. */
  public String pem() {
    return pem("PUBLIC KEY", pair.getPublic().getEncoded());
  }

  static String pem(String label, byte[] der) {
    String base64 =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der);
    return "-----BEGIN %s-----%n%s%n-----END %s-----%n".formatted(label, base64, label);
  }

  /** A JWK Set of these. */
  public static String jwkSet(SigningKey... keys) {
    return jwkSet(Arrays.stream(keys).map(SigningKey::jwk));
  }

  static String jwkSet(Stream<JWK> keys) {
    return keys.map(JWK::toJSONString).collect(Collectors.joining(",", "{\"keys\":[", "]}"));
  }
}
