package dev.tailrace.edge.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import java.math.BigInteger;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PublicKeysTest {
  private static final SigningKey RSA = SigningKey.rsa("rsa");
  private static final SigningKey EC = SigningKey.ec("ec", Curve.P_384);
  private static final SigningKey ED = SigningKey.ed25519("ed");

  /** On P-256, made with `openssl req -x509`. */
  private static final String CERTIFICATE =
      """
      -----BEGIN CERTIFICATE-----
      MIIBdzCCAR2gAwIBAgIUP9+ZhJ+OrllYPIqVZV5LU9uhLEkwCgYIKoZIzj0EAwIw
      EDEOMAwGA1UEAwwFdGVzdHMwIBcNMjYxMTI5MTk0MTI4WhgPMjEyNjExMDUxOTQx
      MjhaMBAxDjAMBgNVBAMMBXRlc3RzMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
      xU3jtiO4NdDLyh82rem0X/URPNuhNyb2Q4OU8oWwBAijtAYDyHhzd3xMOmT3Ty3d
      63O0cHDRgnr2miW6RZC1DqNTMFEwHQYDVR0OBBYEFPoBhJU9jmrRixElpCbA8gJT
      fbG6MB8GA1UdIwQYMBaAFPoBhJU9jmrRixElpCbA8gJTfbG6MA8GA1UdEwEB/wQF
      MAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIhAO+dGEztq/RpemC5mlKNtRH6u+4Esall
      PtZ2ys8wWR7aAiBA9BnX4UeqMsLNrc6VY2JpSpzR7Yp6Od/91QAXZZmupQ==
      -----END CERTIFICATE-----
      """;

  @Test
  void shouldReadKeysOfEveryTypeInEitherForm() throws Exception {
    for (String text :
        List.of(SigningKey.jwkSet(RSA, EC, ED), RSA.pem() + "between\n" + EC.pem() + ED.pem())) {
      PublicKeys read = PublicKeys.parse(text);
      assertThat(read.problems()).isEmpty();
      assertThat(read.keys())
          .extracting(TokenKey::algorithms)
          .containsExactly(
              Set.copyOf(JWSAlgorithm.Family.RSA),
              Set.of(JWSAlgorithm.ES384),
              Set.of(JWSAlgorithm.EdDSA, JWSAlgorithm.Ed25519));
    }
    assertThat(PublicKeys.parse(SigningKey.jwkSet(RSA, EC)).keys())
        .extracting(TokenKey::id)
        .containsExactly("rsa", "ec");
    assertThat(PublicKeys.parse(RSA.pem()).keys()).extracting(TokenKey::id).containsOnlyNulls();
    assertThat(PublicKeys.parse(CERTIFICATE).keys())
        .extracting(TokenKey::algorithms)
        .containsExactly(Set.of(JWSAlgorithm.ES256));
  }

  @Test
  void shouldPassOverKeysThatAreNotForTokens() throws Exception {
    JWK encryption = new RSAKey.Builder(RSA.jwk().toRSAKey()).keyUse(KeyUse.ENCRYPTION).build();
    String text = SigningKey.jwkSet(Stream.of(encryption, ED.jwk()));
    PublicKeys read = PublicKeys.parse(text);
    assertThat(read.keys()).extracting(TokenKey::id).containsExactly("ed");
    assertThat(read.problems()).isEmpty();
  }

  @Test
  void shouldNameTheKeysThatCannotBeUsedAndTakeTheOthers() throws Exception {
    RSAPublicKey rsa = (RSAPublicKey) RSA.publicKey();
    JWK provesNothing =
        new RSAKey.Builder(Base64URL.encode(rsa.getModulus()), Base64URL.encode(BigInteger.ONE))
            .build();
    problem(SigningKey.rsa("weak", 1_024).jwk(), "RSA keys are to have 2,048 to 8,192 bits");
    problem(provesNothing, "exponent is smaller than 3");
    problem(
        new RSAKey.Builder(rsa).algorithm(JWSAlgorithm.ES256).build(),
        "its alg is ES256, which is not for its type");
    problem(
        new RSAKey.Builder(rsa).privateKey(RSA.pair().getPrivate()).build(),
        "is a private or secret key");
    problem(new OctetSequenceKey.Builder(new byte[32]).build(), "is a private or secret key");
    problem(
        new OctetKeyPair.Builder(Curve.X25519, Base64URL.encode(new byte[32])).build(),
        "is of the type OKP");
    problem(
        new OctetKeyPair.Builder(Curve.Ed25519, Base64URL.encode(new byte[31])).build(),
        "is no key of Ed25519: it has 31 bytes");
    problem("{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}", "no JSON Web Key");
    problem("{\"kty\":\"new\"}", "no JSON Web Key");
    problem("{}", "no JSON Web Key");
    problem("1", "no JSON Web Key");
  }

  private static void problem(JWK jwk, String why) throws UnusableKeyException {
    problem(jwk.toJSONString(), why);
  }

  private static void problem(String jwk, String why) throws UnusableKeyException {
    PublicKeys read =
        PublicKeys.parse("{\"keys\":[%s,%s]}".formatted(jwk, ED.jwk().toJSONString()));
    assertThat(read.keys()).extracting(TokenKey::id).containsExactly("ed");
    assertThat(read.problems()).hasSize(1);
    assertThat(read.problems().getFirst()).startsWith("key 1").contains(why);
  }

  @Test
  void shouldSayWhatToDoWithOtherBlocks() throws Exception {
    blockProblem("RSA PUBLIC KEY", "`openssl rsa -RSAPublicKey_in -pubout -in FILE`");
    blockProblem("EC PRIVATE KEY", "`openssl pkey -pubout -in FILE`");
    blockProblem("DH PARAMETERS", "is neither PUBLIC KEY nor CERTIFICATE");
    blockProblem("CERTIFICATE", "is not an X.509 certificate");
    blockProblem("PUBLIC KEY", "is not a public key of RSA, EC or Ed25519");
  }

  private static void blockProblem(String label, String why) throws UnusableKeyException {
    PublicKeys read = PublicKeys.parse(SigningKey.pem(label, new byte[100]));
    assertThat(read.keys()).isEmpty();
    assertThat(read.problems()).hasSize(1);
    assertThat(read.problems().getFirst()).startsWith("block 1: ").contains(why);
  }

  @Test
  void shouldRefuseWhatHoldsNoKeys() {
    for (String text : List.of("", "keys", "{", "{}", "{\"keys\":1}", "[]", "{\"keys\":null}")) {
      assertThatThrownBy(() -> PublicKeys.parse(text))
          .as(text)
          .isInstanceOf(UnusableKeyException.class);
    }
  }

  @Test
  void shouldTakeSoManyKeysAndNoMore() throws Exception {
    String one = ED.jwk().toJSONString();
    String all =
        IntStream.rangeClosed(0, PublicKeys.MAX_KEYS)
            .mapToObj(_ -> one)
            .collect(Collectors.joining(",", "{\"keys\":[", "]}"));
    PublicKeys read = PublicKeys.parse(all);
    assertThat(read.keys()).hasSize(PublicKeys.MAX_KEYS);
    assertThat(read.problems()).containsExactly("key 65 (kid ed) is one more than 64");
  }

  @Test
  void shouldTellKeysApart() throws Exception {
    assertThat(PublicKeys.parse(SigningKey.jwkSet(RSA, EC)).keys())
        .isEqualTo(PublicKeys.parse(SigningKey.jwkSet(RSA, EC)).keys())
        .isNotEqualTo(PublicKeys.parse(SigningKey.jwkSet(RSA, ED)).keys())
        .isNotEqualTo(PublicKeys.parse(SigningKey.jwkSet(SigningKey.rsa("rsa"), EC)).keys());
    assertThat(Arrays.toString(PublicKeys.parse(SigningKey.jwkSet(ED)).keys().toArray()))
        .isEqualTo("[ed (Ed25519 EdDSA)]");
    SigningKey strange = SigningKey.ed25519("a\nb" + "x".repeat(400));
    assertThat(PublicKeys.parse(SigningKey.jwkSet(strange)).keys().getFirst().toString())
        .startsWith("a?bxxx")
        .hasSizeLessThan(350);
  }
}
