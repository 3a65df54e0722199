package dev.tailrace.benchmarks.micro;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.tailrace.edge.auth.AuthConfig;
import dev.tailrace.edge.auth.KeyListener;
import dev.tailrace.edge.auth.TokenKeys;
import dev.tailrace.edge.auth.TokenVerifier;
import dev.tailrace.edge.auth.Verification;
import dev.tailrace.support.config.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.text.ParseException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Tokens, which come with every request: for the first time, again, and with the library alone. */
@State(Scope.Thread)
public class TokenBenchmark extends MicroBenchmark {
  private static final String SECRET =
      "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

  /** What the token is signed with. */
  @Param({"HS256", "RS256", "ES256"})
  public String algorithm = "HS256";

  private String token = "";
  private @Nullable JWSVerifier bare;
  private @Nullable TokenVerifier uncached;
  private @Nullable TokenVerifier cached;

  /** Makes a key, the token and the verifiers. */
  @Setup
  public void prepare() throws JOSEException, GeneralSecurityException, IOException {
    switch (algorithm) {
      case "HS256" -> {
        bare = new MACVerifier(SECRET);
        prepare(new MACSigner(SECRET), Map.of("auth.hmac.secret", SECRET));
      }
      case "RS256" -> {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2_048);
        KeyPair pair = generator.generateKeyPair();
        bare = new RSASSAVerifier((RSAPublicKey) pair.getPublic());
        prepare(new RSASSASigner(pair.getPrivate()), pair.getPublic());
      }
      default -> {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair pair = generator.generateKeyPair();
        bare = new ECDSAVerifier((ECPublicKey) pair.getPublic());
        prepare(new ECDSASigner((ECPrivateKey) pair.getPrivate()), pair.getPublic());
      }
    }
  }

  private void prepare(JWSSigner signer, PublicKey key) throws JOSEException, IOException {
    Path file = Files.createTempFile("token-benchmark", ".pem");
    try {
      String base64 =
          Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
              .encodeToString(key.getEncoded());
      Files.writeString(
          file, "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n".formatted(base64));
      prepare(signer, Map.of("auth.keys.file", file.toString()));
    } finally {
      Files.delete(file);
    }
  }

  private void prepare(JWSSigner signer, Map<String, String> settings) throws JOSEException {
    SignedJWT jwt =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.parse(algorithm)).keyID("2026-11").build(),
            new JWTClaimsSet.Builder()
                .issuer("https://login.example.com")
                .subject("user-4711")
                .issueTime(Date.from(Instant.now()))
                .expirationTime(Date.from(Instant.now().plusSeconds(86_400)))
                .claim("subscribe", List.of("scores", "game.*", "orders.{sub}"))
                .claim("publish", List.of("chat"))
                .build());
    jwt.sign(signer);
    token = jwt.serialize();
    TokenKeys keys =
        new TokenKeys(
            AuthConfig.from(Settings.of(settings), List.of()),
            InstantSource.system(),
            () -> 0,
            new KeyListener() {
              @Override
              public void onKeysFetched() {}

              @Override
              public void onKeysNotFetched() {}
            });
    uncached = keys.uncached();
    cached = keys.verifier();
  }

  /** The library alone: read, verify, read the claims; nothing is made of them. */
  @Benchmark
  public JWTClaimsSet bareLibrary() throws ParseException, JOSEException {
    SignedJWT jwt = SignedJWT.parse(token);
    if (!jwt.verify(Objects.requireNonNull(bare))) {
      throw new IllegalStateException("the token is good");
    }
    return jwt.getJWTClaimsSet();
  }

  /** A token that comes for the first time: user, grants and end. */
  @Benchmark
  public Verification firstTime() {
    return Objects.requireNonNull(uncached).verify(token);
  }

  /** One that was seen before. */
  @Benchmark
  public Verification seenBefore() {
    return Objects.requireNonNull(cached).verify(token);
  }
}
