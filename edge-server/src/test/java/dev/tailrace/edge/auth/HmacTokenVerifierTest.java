package dev.tailrace.edge.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.tailrace.edge.auth.Verification.Refused;
import dev.tailrace.edge.auth.Verification.Verified;
import dev.tailrace.support.config.SettingException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import org.junit.jupiter.api.Test;

class HmacTokenVerifierTest {
  private static final Instant NOW = Instant.parse("2026-11-24T09:00:00Z");

  private final HmacTokenVerifier verifier =
      new HmacTokenVerifier(Tokens.SECRET, InstantSource.fixed(NOW));

  @Test
  void shouldReadUserGrantsAndEnd() {
    String token =
        hs256(
            claims()
                .subject("42")
                .claim("subscribe", List.of("scores.*"))
                .claim("publish", List.of("chat"))
                .expirationTime(Date.from(NOW.plusSeconds(60)))
                .issueTime(Date.from(NOW.minusSeconds(5)))
                .jwtID("t1")
                .build());

    Identity identity = ((Verified) verifier.verify(token)).identity();

    assertThat(identity.user()).isEqualTo("42");
    assertThat(identity.anonymous()).isFalse();
    assertThat(identity.expires()).isEqualTo(NOW.plusSeconds(60));
    assertThat(identity.issuedAt()).isEqualTo(NOW.minusSeconds(5));
    assertThat(identity.tokenId()).isEqualTo("t1");
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
    assertThat(identity.issuedAt()).isNull();
    assertThat(identity.tokenId()).isNull();
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
    String[] parts = hs256(claims().subject("42").build()).split("\\.", -1);
    String forged =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString("{\"sub\":\"43\"}".getBytes(StandardCharsets.UTF_8));
    assertThat(failure(parts[0] + "." + forged + "." + parts[2]))
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
  void shouldRefuseEveryOtherAlgorithmEvenWithTheRightKey() throws Exception {
    for (JWSAlgorithm algorithm : List.of(JWSAlgorithm.HS384, JWSAlgorithm.HS512)) {
      String token = Tokens.signed(Tokens.SECRET, algorithm, claims().build());
      assertThat(failure(token)).isEqualTo(AuthFailure.WRONG_ALGORITHM);
    }
    assertThat(failure(rs256())).isEqualTo(AuthFailure.WRONG_ALGORITHM);
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
        List.of("", ".", "..", "...", "a.b.c", "nonsense", "{}", valid + ".x", " ", "é.é.é")) {
      Refused refused = (Refused) verifier.verify(token);
      assertThat(refused.failure()).as(token).isEqualTo(AuthFailure.MALFORMED);
      assertThat(refused.reason()).isEqualTo("this is not a JWT");
    }
    assertThat(failure("a".repeat(TokenVerifier.MAX_TOKEN_LENGTH + 1)))
        .isEqualTo(AuthFailure.MALFORMED);
  }

  @Test
  void shouldRefuseAShortSecretAtStart() {
    assertThatThrownBy(() -> new HmacTokenVerifier("hush", InstantSource.fixed(NOW)))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("auth.hmac.secret has 4 bytes, HS256 needs 32 or more")
        .message()
        .doesNotContain("hush");
  }

  private AuthFailure failure(String token) {
    return ((Refused) verifier.verify(token)).failure();
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

  private static String rs256() throws NoSuchAlgorithmException, JOSEException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair pair = generator.generateKeyPair();
    SignedJWT jwt = new SignedJWT(new JWSHeader(JWSAlgorithm.RS256), claims().build());
    jwt.sign(new RSASSASigner(pair.getPrivate()));
    return jwt.serialize();
  }
}
