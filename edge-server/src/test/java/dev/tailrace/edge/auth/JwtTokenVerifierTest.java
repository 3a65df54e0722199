package dev.tailrace.edge.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.tailrace.edge.auth.Verification.Refused;
import dev.tailrace.edge.auth.Verification.Verified;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What every algorithm has in common, and which of them a key is for. */
class JwtTokenVerifierTest {
  private static final Instant NOW = Instant.parse("2026-11-24T09:00:00Z");

  private static final SigningKey RSA = SigningKey.rsa("rsa");
  private static final SigningKey P256 = SigningKey.ec("p256", Curve.P_256);
  private static final SigningKey P384 = SigningKey.ec("p384", Curve.P_384);
  private static final SigningKey P521 = SigningKey.ec("p521", Curve.P_521);
  private static final SigningKey ED = SigningKey.ed25519("ed");
  private static final List<SigningKey> PAIRS = List.of(RSA, P256, P384, P521, ED);

  private final KeyRing ring = new KeyRing();
  private final List<String> asked = new ArrayList<>();
  private final JwtTokenVerifier verifier = verifier(List.of(), List.of());

  JwtTokenVerifierTest() throws UnusableKeyException {
    ring.put(KeyRing.Source.SECRET, List.of(secret(Tokens.SECRET)));
    ring.put(KeyRing.Source.URL, keys(PAIRS));
  }

  /** With keys that may be renewed from outside. */
  private JwtTokenVerifier verifier(List<String> issuers, List<String> audiences) {
    KeySource source =
        new KeySource() {
          @Override
          public KeySet current() {
            return ring.current();
          }

          @Override
          public boolean isMissing(JWSAlgorithm algorithm, @Nullable String id) {
            asked.add(algorithm + " " + id);
            return !JWSAlgorithm.Family.HMAC_SHA.contains(algorithm);
          }
        };
    return new JwtTokenVerifier(
        source, new TokenClaims(issuers, audiences, InstantSource.fixed(NOW)));
  }

  private static TokenKey secret(String secret) throws UnusableKeyException {
    return TokenKey.ofSecret(secret.getBytes(StandardCharsets.UTF_8));
  }

  private static List<TokenKey> keys(List<SigningKey> pairs) throws UnusableKeyException {
    return PublicKeys.parseJwkSet(SigningKey.jwkSet(pairs.toArray(SigningKey[]::new))).keys();
  }

  private static Stream<Arguments> algorithms() {
    return Stream.of(
        Arguments.of(JWSAlgorithm.RS256, RSA, SigningKey.rsa("rsa")),
        Arguments.of(JWSAlgorithm.RS384, RSA, SigningKey.rsa("rsa")),
        Arguments.of(JWSAlgorithm.RS512, RSA, SigningKey.rsa("rsa")),
        Arguments.of(JWSAlgorithm.PS256, RSA, SigningKey.rsa("rsa")),
        Arguments.of(JWSAlgorithm.PS384, RSA, SigningKey.rsa("rsa")),
        Arguments.of(JWSAlgorithm.PS512, RSA, SigningKey.rsa("rsa")),
        Arguments.of(JWSAlgorithm.ES256, P256, SigningKey.ec("p256", Curve.P_256)),
        Arguments.of(JWSAlgorithm.ES384, P384, SigningKey.ec("p384", Curve.P_384)),
        Arguments.of(JWSAlgorithm.ES512, P521, SigningKey.ec("p521", Curve.P_521)),
        Arguments.of(JWSAlgorithm.EdDSA, ED, SigningKey.ed25519("ed")),
        Arguments.of(JWSAlgorithm.Ed25519, ED, SigningKey.ed25519("ed")));
  }

  @ParameterizedTest
  @MethodSource("algorithms")
  void shouldTakeWhatTheKeySignedAndNothingElse(
      JWSAlgorithm algorithm, SigningKey key, SigningKey other) {
    String good = key.sign(algorithm, claims().subject("42").build());

    assertThat(identity(good).user()).isEqualTo("42");
    assertThat(failure(changed(good))).isEqualTo(AuthFailure.BAD_SIGNATURE);
    assertThat(failure(other.sign(algorithm, claims().build())))
        .isEqualTo(AuthFailure.BAD_SIGNATURE);
    assertThat(failure(good.substring(0, good.lastIndexOf('.') + 1) + "AAAA"))
        .isEqualTo(AuthFailure.BAD_SIGNATURE);
    assertThat(asked).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("algorithms")
  void shouldTakeATokenThatNamesNoKey(JWSAlgorithm algorithm, SigningKey key, SigningKey other) {
    assertThat(identity(key.sign(new JWSHeader(algorithm), claims().subject("42").build())).user())
        .isEqualTo("42");
    assertThat(failure(other.sign(new JWSHeader(algorithm), claims().build())))
        .isEqualTo(AuthFailure.BAD_SIGNATURE);
  }

  @Test
  void shouldTakeEveryAlgorithmThatASecretIsLongEnoughFor() throws Exception {
    for (JWSAlgorithm algorithm : JWSAlgorithm.Family.HMAC_SHA) {
      String token = Tokens.signed(Tokens.SECRET, algorithm, claims().subject("42").build());
      assertThat(identity(token).user()).isEqualTo("42");
      assertThat(failure(changed(token))).isEqualTo(AuthFailure.BAD_SIGNATURE);
    }
    assertThat(secret("x".repeat(32)).algorithms()).containsExactly(JWSAlgorithm.HS256);
    assertThat(secret("x".repeat(47)).algorithms()).containsExactly(JWSAlgorithm.HS256);
    assertThat(secret("x".repeat(63)).algorithms())
        .containsExactlyInAnyOrder(JWSAlgorithm.HS256, JWSAlgorithm.HS384);

    ring.put(KeyRing.Source.SECRET, List.of(secret("x".repeat(32))));
    assertThat(failure(Tokens.signed("x".repeat(64), JWSAlgorithm.HS512, claims().build())))
        .isEqualTo(AuthFailure.WRONG_ALGORITHM);
  }

  /** What everybody can read must not do as a secret, in whatever form it is taken for one. */
  @Test
  void shouldNotTakeAPublicKeyForASecret() {
    for (SigningKey key : PAIRS) {
      for (String secret :
          List.of(
              key.pem(),
              key.pem().strip(),
              key.jwk().toJSONString(),
              new String(key.publicKey().getEncoded(), StandardCharsets.ISO_8859_1))) {
        String forged = hmac(secret.getBytes(StandardCharsets.ISO_8859_1), key.jwk().getKeyID());
        assertThat(failure(forged)).isIn(AuthFailure.WRONG_ALGORITHM, AuthFailure.BAD_SIGNATURE);
        ring.put(KeyRing.Source.SECRET, List.of());
        assertThat(failure(forged)).isEqualTo(AuthFailure.WRONG_ALGORITHM);
      }
    }
  }

  @Test
  void shouldBindAKeyToTheAlgorithmsOfItsType() {
    // The name is that of a key of another type.
    assertThat(failure(RSA.sign(named(JWSAlgorithm.RS256, "p256"), claims().build())))
        .isEqualTo(AuthFailure.WRONG_ALGORITHM);
    assertThat(failure(P256.sign(named(JWSAlgorithm.ES256, "p384"), claims().build())))
        .isEqualTo(AuthFailure.WRONG_ALGORITHM);
    assertThat(failure(ED.sign(named(JWSAlgorithm.EdDSA, "rsa"), claims().build())))
        .isEqualTo(AuthFailure.WRONG_ALGORITHM);
    assertThat(asked).isEmpty();
  }

  @Test
  void shouldHoldAKeyToTheOneAlgorithmThatItNames() throws Exception {
    JWK only = new RSAKey.Builder(RSA.jwk().toRSAKey()).algorithm(JWSAlgorithm.PS256).build();
    ring.put(KeyRing.Source.URL, PublicKeys.parseJwkSet(SigningKey.jwkSet(Stream.of(only))).keys());
    assertThat(identity(RSA.sign(JWSAlgorithm.PS256, claims().subject("42").build())).user())
        .isEqualTo("42");
    assertThat(failure(RSA.sign(JWSAlgorithm.RS256, claims().build())))
        .isEqualTo(AuthFailure.WRONG_ALGORITHM);
  }

  @Test
  void shouldAskForAKeyThatIsNotKnownAndRefuseItsTokensForNow() throws Exception {
    SigningKey next = SigningKey.rsa("next");
    String token = next.sign(JWSAlgorithm.RS256, claims().subject("42").build());

    assertThat(failure(token)).isEqualTo(AuthFailure.UNKNOWN_KEY);
    assertThat(asked).containsExactly("RS256 next");

    ring.put(KeyRing.Source.URL, keys(List.of(next)));
    assertThat(identity(token).user()).isEqualTo("42");
    assertThat(failure(RSA.sign(JWSAlgorithm.RS256, claims().build())))
        .isEqualTo(AuthFailure.UNKNOWN_KEY);
  }

  @Test
  void shouldNotLookAtKeysThatATokenBrings() {
    SigningKey own = SigningKey.rsa("own");
    JWSHeader header =
        new JWSHeader.Builder(JWSAlgorithm.RS256)
            .keyID("rsa")
            .jwk(own.jwk())
            .jwkURL(URI.create("http://127.0.0.1:1/"))
            .build();
    assertThat(failure(own.sign(header, claims().build()))).isEqualTo(AuthFailure.BAD_SIGNATURE);
  }

  @Test
  void shouldRefuseHeadersThatAskForWhatNobodyHereKnows() {
    JWSHeader critical =
        new JWSHeader.Builder(JWSAlgorithm.RS256)
            .keyID("rsa")
            .criticalParams(Set.of("exp"))
            .customParam("exp", 1)
            .build();
    assertThat(failure(RSA.sign(critical, claims().build()))).isEqualTo(AuthFailure.MALFORMED);
    JWSHeader bare =
        new JWSHeader.Builder(JWSAlgorithm.RS256)
            .keyID("rsa")
            .base64URLEncodePayload(false)
            .build();
    assertThat(failure(RSA.sign(bare, claims().build()))).isEqualTo(AuthFailure.MALFORMED);
  }

  @Test
  void shouldHoldIssuerAndAudienceWhereTheyAreConfigured() {
    JwtTokenVerifier choosy = verifier(List.of("https://a.example", "b"), List.of("tailrace", "x"));
    JWTClaimsSet.Builder good =
        new JWTClaimsSet.Builder().issuer("https://a.example").audience(List.of("y", "tailrace"));

    assertThat(choosy.verify(hs256(good.build()))).isInstanceOf(Verified.class);
    assertThat(failure(choosy, hs256(good.issuer("c").build())))
        .isEqualTo(AuthFailure.WRONG_ISSUER);
    assertThat(failure(choosy, hs256(good.issuer(null).build())))
        .isEqualTo(AuthFailure.WRONG_ISSUER);
    good.issuer("b");
    assertThat(choosy.verify(hs256(good.audience("x").build()))).isInstanceOf(Verified.class);
    assertThat(failure(choosy, hs256(good.audience("y").build())))
        .isEqualTo(AuthFailure.WRONG_AUDIENCE);
    assertThat(failure(choosy, hs256(good.audience((String) null).build())))
        .isEqualTo(AuthFailure.WRONG_AUDIENCE);
    assertThat(failure(choosy, hs256(new JWTClaimsSet.Builder().build())))
        .isEqualTo(AuthFailure.WRONG_ISSUER);
  }

  @Test
  void shouldPutTheUserWhereAGrantSaysSo() {
    JWTClaimsSet.Builder claims =
        claims()
            .subject("42")
            .claim("subscribe", List.of("orders.{sub}", "cart.{sub}.*"))
            .claim("history", List.of("orders.{sub}"))
            .claim("publish", List.of("from.{sub}", "$user/{sub}"));
    Identity identity = identity(hs256(claims.build()));

    assertThat(identity.subscribe().allows("orders.42")).isTrue();
    assertThat(identity.subscribe().allows("orders.43")).isFalse();
    assertThat(identity.subscribe().allows("cart.42.open")).isTrue();
    assertThat(identity.subscribe().allows("cart.43.open")).isFalse();
    assertThat(identity.subscribe().allowsHistory("orders.42")).isTrue();
    assertThat(identity.subscribe().allowsHistory("cart.42.open")).isFalse();
    assertThat(identity.publish().allowsChannel("from.42")).isTrue();
    assertThat(identity.publish().allowsUser("42")).isTrue();
    assertThat(identity.publish().allowsUser("43")).isFalse();

    Refused nobody = (Refused) verifier.verify(hs256(claims.subject(null).build()));
    assertThat(nobody.failure()).isEqualTo(AuthFailure.MALFORMED);
    assertThat(nobody.reason()).isEqualTo("the token's subscribe holds {sub}, and there is no sub");
  }

  @Test
  void shouldGrantThePastWithTheChannelUnlessHistoryIsClaimed() {
    JWTClaimsSet.Builder claims = claims().claim("subscribe", List.of("a", "b"));
    assertThat(identity(hs256(claims.build())).subscribe().allowsHistory("b")).isTrue();

    Identity some = identity(hs256(claims.claim("history", List.of("a", "c")).build()));
    assertThat(some.subscribe().allowsHistory("a")).isTrue();
    assertThat(some.subscribe().allowsHistory("b")).isFalse();
    assertThat(some.subscribe().allows("b")).isTrue();
    assertThat(some.subscribe().allowsHistory("c")).isTrue();
    assertThat(some.subscribe().allows("c")).isFalse();
    assertThat(some.subscribe().allowsHistory("$broadcast")).isTrue();

    Identity none = identity(hs256(claims.claim("history", List.of()).build()));
    assertThat(none.subscribe().allowsHistory("a")).isFalse();
    assertThat(failure(hs256(claims.claim("history", "a").build())))
        .isEqualTo(AuthFailure.MALFORMED);
  }

  @Test
  void shouldBearAnEndThatIsFartherThanAnybodyCounts() {
    Identity identity =
        identity(
            hs256(
                claims()
                    .expirationTime(Date.from(Instant.ofEpochMilli(Long.MAX_VALUE / 1_000 * 1_000)))
                    .build()));
    assertThat(identity.expires()).isBefore(Instant.parse("+10000-01-01T00:00:00Z"));
  }

  @Test
  void shouldReadUserGrantsAndEnd() {
    String token =
        hs256(
            claims()
                .subject("42")
                .claim("subscribe", List.of("scores.*"))
                .claim("publish", List.of("chat"))
                .expirationTime(Date.from(NOW.plusSeconds(60)))
                .build());

    Identity identity = ((Verified) verifier.verify(token)).identity();

    assertThat(identity.user()).isEqualTo("42");
    assertThat(identity.anonymous()).isFalse();
    assertThat(identity.expires()).isEqualTo(NOW.plusSeconds(60));
    assertThat(identity.subscribe().allows("scores.today")).isTrue();
    assertThat(identity.subscribe().allows("chat")).isFalse();
    assertThat(identity.publish().allowsChannel("chat")).isTrue();
    assertThat(identity.publish().allowsChannel("scores.today")).isFalse();
  }

  @Test
  void shouldTakeATokenWithoutUserEndOrGrants() {
    Identity identity = ((Verified) verifier.verify(hs256(claims().build()))).identity();
    assertThat(identity.user()).isNull();
    assertThat(identity.expires()).isNull();
    assertThat(identity.subscribe().allows("a")).isFalse();
    assertThat(identity.publish().allowsChannel("a")).isFalse();
  }

  @Test
  void shouldRefuseAnotherKey() {
    String other = "another secret of at least thirty-two bytes";
    String token = Tokens.signed(other, JWSAlgorithm.HS256, claims().build());
    assertThat(failure(token)).isEqualTo(AuthFailure.BAD_SIGNATURE);
  }

  @Test
  void shouldRefuseClaimsThatWereChangedAfterSigning() {
    assertThat(failure(changed(hs256(claims().subject("42").build()))))
        .isEqualTo(AuthFailure.BAD_SIGNATURE);
  }

  @Test
  void shouldRefuseUnsignedTokens() {
    String none = new PlainJWT(claims().subject("42").build()).serialize();
    assertThat(failure(none)).isEqualTo(AuthFailure.WRONG_ALGORITHM);
    // The same, dressed up with a signature that a lax parser would not look at.
    assertThat(failure(none + "c2lnbmF0dXJl"))
        .isIn(AuthFailure.WRONG_ALGORITHM, AuthFailure.MALFORMED);
  }

  @Test
  void shouldHoldExpAndNbfWithHalfAMinuteOfLeeway() {
    assertThat(verifier.verify(ending(NOW.minusSeconds(29)))).isInstanceOf(Verified.class);
    assertThat(failure(ending(NOW.minusSeconds(30)))).isEqualTo(AuthFailure.EXPIRED);
    assertThat(verifier.verify(beginning(NOW.plusSeconds(30)))).isInstanceOf(Verified.class);
    assertThat(failure(beginning(NOW.plusSeconds(31)))).isEqualTo(AuthFailure.NOT_YET_VALID);
  }

  @Test
  void shouldRefuseAUserWithABadName() {
    assertThat(failure(hs256(claims().subject("a b").build()))).isEqualTo(AuthFailure.BAD_SUBJECT);
    assertThat(failure(hs256(claims().subject("$broadcast").build())))
        .isEqualTo(AuthFailure.BAD_SUBJECT);
    assertThat(failure(hs256(claims().subject("").build()))).isEqualTo(AuthFailure.BAD_SUBJECT);
  }

  @Test
  void shouldRefuseGrantsThatAreNoListOfPatterns() {
    for (Object grants : List.of("scores", List.of(1), List.of("a*b"), List.of(""))) {
      assertThat(failure(hs256(claims().claim("subscribe", grants).build())))
          .as("%s", grants)
          .isEqualTo(AuthFailure.MALFORMED);
    }
  }

  @Test
  void shouldRefuseWhatIsNoTokenAndQuoteNoneOfIt() {
    String valid = hs256(claims().subject("42").build());
    for (String token :
        List.of(
            "",
            ".",
            "..",
            "...",
            "a.b.c",
            "nonsense",
            "{}",
            valid + ".x",
            " ",
            "é.é.é",
            valid + "=",
            valid + " ",
            valid.replace('.', ','))) {
      Refused refused = (Refused) verifier.verify(token);
      assertThat(refused.failure()).as(token).isEqualTo(AuthFailure.MALFORMED);
      assertThat(refused.reason()).isEqualTo("this is not a JWT");
    }
    assertThat(failure("a".repeat(TokenVerifier.MAX_TOKEN_LENGTH + 1)))
        .isEqualTo(AuthFailure.MALFORMED);
  }

  private AuthFailure failure(String token) {
    return failure(verifier, token);
  }

  private static AuthFailure failure(TokenVerifier verifier, String token) {
    return ((Refused) verifier.verify(token)).failure();
  }

  private Identity identity(String token) {
    return ((Verified) verifier.verify(token)).identity();
  }

  private static JWSHeader named(JWSAlgorithm algorithm, String id) {
    return new JWSHeader.Builder(algorithm).keyID(id).build();
  }

  /** The same token for somebody else. */
  private static String changed(String token) {
    String[] parts = token.split("\\.", -1);
    String forged =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString("{\"sub\":\"43\"}".getBytes(StandardCharsets.UTF_8));
    return parts[0] + "." + forged + "." + parts[2];
  }

  private static String hmac(byte[] secret, String id) {
    try {
      SignedJWT jwt = new SignedJWT(named(JWSAlgorithm.HS256, id), claims().subject("42").build());
      jwt.sign(new MACSigner(secret));
      return jwt.serialize();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  private static JWTClaimsSet.Builder claims() {
    return new JWTClaimsSet.Builder().issuer("tests");
  }

  private static String hs256(JWTClaimsSet claims) {
    return Tokens.signed(Tokens.SECRET, JWSAlgorithm.HS256, claims);
  }

  private static String ending(Instant expires) {
    return hs256(claims().expirationTime(Date.from(expires)).build());
  }

  private static String beginning(Instant notBefore) {
    return hs256(claims().notBeforeTime(Date.from(notBefore)).build());
  }
}
