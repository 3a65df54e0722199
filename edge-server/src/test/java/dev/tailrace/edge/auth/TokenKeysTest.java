package dev.tailrace.edge.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jwt.JWTClaimsSet;
import dev.tailrace.edge.auth.Verification.Refused;
import dev.tailrace.edge.auth.Verification.Verified;
import dev.tailrace.support.config.SettingException;
import dev.tailrace.support.config.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys that come from outside, and change while tokens are verified. */
class TokenKeysTest {
  private static final SigningKey FIRST = SigningKey.ec("first", Curve.P_256);
  private static final SigningKey SECOND = SigningKey.ed25519("second");
  private static final String[] OFTEN = {"auth.jwks.refresh", "150ms", "auth.jwks.pause", "100ms"};

  private final KeyServer server = new KeyServer(FIRST);
  private final AtomicInteger fetched = new AtomicInteger();
  private final AtomicInteger notFetched = new AtomicInteger();
  private Duration fetchTimeout = JwkSetClient.TIMEOUT;
  private @Nullable TokenKeys keys;

  @TempDir private Path folder;

  @AfterEach
  void close() {
    if (keys != null) {
      keys.close();
    }
    server.close();
  }

  @Test
  void shouldGoWithTheKeysThatTheIssuerHasNow() throws Exception {
    TokenKeys rotated = start(url(OFTEN));
    String old = token(FIRST);
    String next = token(SECOND);
    assertThat(rotated.verifier().verify(old)).isInstanceOf(Verified.class);
    assertThat(failure(next)).isEqualTo(AuthFailure.UNKNOWN_KEY);

    server.answerWith(FIRST, SECOND);
    patiently().untilAsserted(() -> assertThat(verify(next)).isInstanceOf(Verified.class));
    assertThat(verify(old)).isInstanceOf(Verified.class);

    server.answerWith(SECOND);
    // Also this one, which was seen before.
    patiently().untilAsserted(() -> assertThat(failure(old)).isEqualTo(AuthFailure.UNKNOWN_KEY));
    assertThat(verify(next)).isInstanceOf(Verified.class);
  }

  @Test
  void shouldKeepItsKeysWhileTheIssuerIsAway() throws Exception {
    TokenKeys lasting = start(url(OFTEN));
    server.stop();
    int failures = notFetched.get();
    patiently().until(() -> notFetched.get() >= failures + 2);
    assertThat(verify(token(FIRST))).isInstanceOf(Verified.class);
    assertThat(lasting.isReady()).isTrue();
    assertThat(lasting.describe()).startsWith("1 key; auth.jwks.url: fetched ").contains("Connect");

    server.answerWith(SECOND);
    server.startAgain();
    patiently().untilAsserted(() -> assertThat(verify(token(SECOND))).isInstanceOf(Verified.class));
    assertThat(failure(token(FIRST))).isEqualTo(AuthFailure.UNKNOWN_KEY);
    // It says that all is well after the keys are there.
    patiently().untilAsserted(() -> assertThat(lasting.describe()).doesNotContain("Connect"));
  }

  @Test
  void shouldBeginWithoutTheIssuerAndBeReadyWhenItComes() throws Exception {
    server.stop();
    TokenKeys late = start(url(OFTEN));
    assertThat(late.isReady()).isFalse();
    assertThat(late.describe()).startsWith("0 keys; auth.jwks.url: never fetched");
    assertThat(failure(token(FIRST))).isEqualTo(AuthFailure.UNKNOWN_KEY);

    server.startAgain();
    patiently().untilAsserted(() -> assertThat(verify(token(FIRST))).isInstanceOf(Verified.class));
    assertThat(late.isReady()).isTrue();
  }

  @Test
  void shouldServeThoseWhoseKeysItHasWithoutTheIssuer() throws Exception {
    server.stop();
    TokenKeys two = start(url("auth.hmac.secret", Tokens.SECRET));
    assertThat(two.isReady()).isTrue();
    assertThat(verify(Tokens.publishing("42"))).isInstanceOf(Verified.class);
  }

  /** Whoever asks, however often and with whatever names: no fetch comes sooner than the pause. */
  @Test
  void shouldNotFetchMoreOftenThanItMayForKeysThatNobodyHas() throws Exception {
    int pauseMs = 300;
    long startNs = System.nanoTime();
    start(url("auth.jwks.refresh", "1h", "auth.jwks.pause", pauseMs + "ms"));
    String unknown = token(SECOND);
    patiently()
        .until(
            () -> {
              for (int i = 0; i < 500; i++) {
                assertThat(failure(unknown)).isEqualTo(AuthFailure.UNKNOWN_KEY);
              }
              return server.requests() >= 4;
            });
    int requests = server.requests();
    long elapsedMs = (System.nanoTime() - startNs) / 1_000_000;
    assertThat(elapsedMs).isGreaterThanOrEqualTo((requests - 1L) * pauseMs - requests);
  }

  @Test
  void shouldNotAskTheIssuerForWhatNoIssuerCanMend() throws Exception {
    start(url("auth.jwks.refresh", "1h", "auth.jwks.pause", "100ms"));
    SigningKey forger = SigningKey.ec("first", Curve.P_256);
    assertThat(failure(token(forger))).isEqualTo(AuthFailure.BAD_SIGNATURE);
    assertThat(failure(Tokens.publishing("42"))).isEqualTo(AuthFailure.WRONG_ALGORITHM);
    assertThat(failure(token(SigningKey.rsa(null)))).isEqualTo(AuthFailure.WRONG_ALGORITHM);
    // Had any of them asked, this one's fetch would not be the second.
    assertThat(failure(token(SECOND))).isEqualTo(AuthFailure.UNKNOWN_KEY);
    patiently().until(() -> fetched.get() == 2);
    assertThat(server.requests()).isEqualTo(2);
  }

  @Test
  void shouldVerifyWhileTheIssuerHangs() {
    server.hold();
    keys = keys(url("auth.hmac.secret", Tokens.SECRET, "auth.jwks.pause", "100ms"));
    keys.start();
    patiently()
        .untilAsserted(
            () -> {
              int ended = notFetched.get();
              assertThat(server.requests()).isEqualTo(ended + 1); // it hangs
              assertThat(failure(token(FIRST))).isEqualTo(AuthFailure.UNKNOWN_KEY);
              assertThat(verify(Tokens.publishing("42"))).isInstanceOf(Verified.class);
              assertThat(notFetched.get()).isEqualTo(ended); // and nobody waited for it
            });
  }

  @Test
  void shouldGiveUpAnAnswerThatDoesNotEnd() throws Exception {
    server.hold();
    fetchTimeout = Duration.ofMillis(200);
    start(url());
    patiently().until(() -> notFetched.get() == 1);
    assertThat(keys().describe()).contains("no whole answer in 200 ms");
  }

  @Test
  void shouldStayWithItsKeysWhateverItIsAnswered() throws Exception {
    start(url(OFTEN));
    refusesAnswer(500, SigningKey.jwkSet(SECOND), "it answers with status 500");
    refusesAnswer(302, SigningKey.jwkSet(SECOND), "it answers with status 302");
    refusesAnswer(200, "<html>", "is not a JWK Set");
    refusesAnswer(200, "{\"keys\":[]}", "it holds no key that can be used");
    refusesAnswer(200, SigningKey.jwkSet(SigningKey.rsa("weak", 1_024)), "1,024");
    refusesAnswer(200, "{\"x\":\"" + "x".repeat(PublicKeys.MAX_BYTES) + "\"}", "IOException");
    assertThat(failure(token(SECOND))).isEqualTo(AuthFailure.UNKNOWN_KEY);
  }

  private void refusesAnswer(int status, String body, String why) {
    server.answerWith(status, body);
    patiently().untilAsserted(() -> assertThat(keys().describe()).contains(why));
    assertThat(verify(token(FIRST))).isInstanceOf(Verified.class);
  }

  @Test
  void shouldTakeTheOtherKeysOfASetWithOneThatIsWeak() throws Exception {
    server.answerWith(SigningKey.rsa("weak", 1_024), SECOND);
    assertThat(start(url()).size()).isEqualTo(1);
    assertThat(verify(token(SECOND))).isInstanceOf(Verified.class);
  }

  @Test
  void shouldFetchOnlyWhereNobodyElseCanAnswer() {
    for (String bad :
        List.of(
            "http://issuer.example/keys",
            "http://10.0.0.1/keys",
            "http://127.0.0.1.example/keys",
            "http://localhost.example/keys",
            "ftp://127.0.0.1/keys",
            "file:///etc/passwd",
            "keys",
            "https://",
            "https://user:hush@issuer.example/keys")) {
      assertThatThrownBy(() -> keys(Map.of("auth.jwks.url", bad)))
          .as(bad)
          .isInstanceOf(SettingException.class)
          .hasMessageStartingWith("auth.jwks.url ")
          .message()
          .doesNotContain("hush");
    }
    for (String good :
        List.of("https://issuer.example/keys", "http://localhost:1/", "http://[::1]:1/")) {
      keys(Map.of("auth.jwks.url", good)).close();
    }
  }

  @Test
  void shouldReadAFileOfKeysAgainWhenItHasChanged() throws Exception {
    Path file = folder.resolve("keys.pem");
    Files.writeString(file, FIRST.pem() + SigningKey.rsa(null).pem());
    start(Map.of("auth.keys.file", file.toString()));
    assertThat(verify(token(FIRST))).isInstanceOf(Verified.class);
    assertThat(failure(token(SECOND))).isEqualTo(AuthFailure.WRONG_ALGORITHM);

    Files.writeString(file, "nonsense");
    Files.writeString(file, SigningKey.jwkSet(SECOND));
    patiently().untilAsserted(() -> assertThat(verify(token(SECOND))).isInstanceOf(Verified.class));
    assertThat(failure(token(FIRST))).isEqualTo(AuthFailure.UNKNOWN_KEY);
  }

  @Test
  void shouldKeepTheKeysOfAFileThatCannotBeUsedAnyMore() throws Exception {
    Path file = folder.resolve("keys.json");
    Files.writeString(file, SigningKey.jwkSet(FIRST));
    KeyRing ring = new KeyRing();
    try (KeyFile watched = KeyFile.open(file, ring)) {
      for (String bad : List.of("", "nonsense", SigningKey.rsa("weak", 1_024).pem())) {
        Files.writeString(file, bad);
        watched.look();
        assertThat(ring.current().isNamed("first")).as(bad).isTrue();
      }
      Files.delete(file);
      watched.look();
      assertThat(ring.current().isNamed("first")).isTrue();
      Files.writeString(file, SigningKey.jwkSet(SECOND));
      watched.look();
      assertThat(ring.current().isNamed("first")).isFalse();
    }
  }

  @Test
  void shouldRefuseToStartWithKeysThatAreNone() throws Exception {
    assertThatThrownBy(() -> keys(Map.of("auth.hmac.secret", "hush")))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("auth.hmac.secret has 4 bytes, HS256 needs 32 or more")
        .message()
        .doesNotContain("hush");
    refusesFile(SigningKey.rsa(null, 1_024).pem(), "RSA keys are to have 2,048 to 8,192 bits");
    refusesFile(
        SigningKey.pem("PRIVATE KEY", FIRST.pair().getPrivate().getEncoded()),
        "is a private key, which an edge must not have");
    refusesFile(" ", "holds neither a JWK Set nor a PEM block");
    assertThatThrownBy(() -> keys(Map.of("auth.keys.file", folder.resolve("none").toString())))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("cannot be read");
  }

  private void refusesFile(String text, String why) throws Exception {
    Path file = folder.resolve("bad");
    Files.writeString(file, text);
    assertThatThrownBy(() -> keys(Map.of("auth.keys.file", file.toString())))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("auth.keys.file: " + file)
        .hasMessageContaining(why);
  }

  private Map<String, String> url(String... more) {
    Map<String, String> values = new HashMap<>();
    values.put("auth.jwks.url", server.url());
    for (int i = 0; i < more.length; i += 2) {
      values.put(more[i], more[i + 1]);
    }
    return values;
  }

  private TokenKeys start(Map<String, String> values) throws InterruptedException {
    TokenKeys made = keys(values);
    keys = made;
    made.start();
    made.awaitFirst();
    return made;
  }

  private TokenKeys keys(Map<String, String> values) {
    return new TokenKeys(
        AuthConfig.from(Settings.of(values), List.of()),
        InstantSource.system(),
        () -> System.nanoTime() / 1_000_000,
        new KeyListener() {
          @Override
          public void onKeysFetched() {
            fetched.incrementAndGet();
          }

          @Override
          public void onKeysNotFetched() {
            notFetched.incrementAndGet();
          }
        },
        Duration.ofMillis(50),
        fetchTimeout);
  }

  private TokenKeys keys() {
    TokenKeys made = keys;
    assertThat(made).isNotNull();
    return made;
  }

  private Verification verify(String token) {
    return keys().verifier().verify(token);
  }

  private AuthFailure failure(String token) {
    Verification verification = verify(token);
    assertThat(verification).isInstanceOf(Refused.class);
    return ((Refused) verification).failure();
  }

  private static String token(SigningKey key) {
    return key.sign(
        switch (key.publicKey().getAlgorithm()) {
          case "RSA" -> JWSAlgorithm.RS256;
          case "EC" -> JWSAlgorithm.ES256;
          default -> JWSAlgorithm.EdDSA;
        },
        new JWTClaimsSet.Builder().subject("42").build());
  }

  private static ConditionFactory patiently() {
    return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(10));
  }
}
