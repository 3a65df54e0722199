package dev.tailrace.edge.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.auth.Verification.Refused;
import dev.tailrace.edge.auth.Verification.Verified;
import dev.tailrace.edge.control.Revocations;
import dev.tailrace.edge.control.Revoked;
import dev.tailrace.support.config.Settings;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class RequestAuthenticatorTest {
  private static final Credentials NOTHING = new Credentials(null, null, false);

  private final RequestAuthenticator strict = of(Tokens.SECRET, false);
  private final RequestAuthenticator development = of(Tokens.SECRET, true);

  @Test
  void shouldRefuseWhoeverHasNoToken() {
    assertThat(failure(strict, NOTHING)).isEqualTo(AuthFailure.MISSING);
    assertThat(failure(strict, new Credentials(null, "42", false))).isEqualTo(AuthFailure.MISSING);
  }

  @Test
  void shouldTakeANamesWordInDevelopmentOnly() {
    Identity named = identity(development, new Credentials(null, "42", false));
    assertThat(named.user()).isEqualTo("42");
    assertThat(named.anonymous()).isFalse();
    assertThat(named.subscribe().allows("anything")).isTrue();
    assertThat(named.publish().allowsUser("43")).isTrue();

    Identity nobody = identity(development, NOTHING);
    assertThat(nobody.user()).isNull();
    assertThat(nobody.anonymous()).isTrue();
    assertThat(nobody.publish().allowsChannel("$broadcast")).isTrue();

    assertThat(failure(development, new Credentials(null, "a b", false)))
        .isEqualTo(AuthFailure.BAD_SUBJECT);
  }

  @Test
  void shouldTellOnceOfEachWhoIsNotLetIn() {
    List<AuthFailure> told = new ArrayList<>();
    RequestAuthenticator telling = of(Tokens.SECRET, false).telling(told::add);
    telling.authenticate(NOTHING);
    telling.authenticate(new Credentials("forged", null, false));
    telling.authenticate(new Credentials(null, null, true));
    telling.verify("forged");
    telling.authenticate(new Credentials(Tokens.publishing("7", "p.*"), null, false));

    assertThat(told)
        .containsExactly(
            AuthFailure.MISSING,
            AuthFailure.MALFORMED,
            AuthFailure.MALFORMED,
            AuthFailure.MALFORMED);
  }

  @Test
  void shouldRefuseNobodyWhoMayBringATokenLater() {
    List<AuthFailure> told = new ArrayList<>();
    RequestAuthenticator telling = of(Tokens.SECRET, false).telling(told::add);

    assertThat(telling.authenticateHandshake(NOTHING))
        .isInstanceOfSatisfying(
            Verification.Refused.class,
            refused -> assertThat(refused.failure()).isEqualTo(AuthFailure.MISSING));
    assertThat(told).isEmpty();

    telling.authenticateHandshake(new Credentials("forged", null, false));
    telling.refuseMissing("none came");
    assertThat(told).containsExactly(AuthFailure.MALFORMED, AuthFailure.MISSING);
  }

  @Test
  void shouldLetATokenDecideWhereverThereIsOne() {
    String token = Tokens.publishing("7", "p.*");
    assertThat(identity(strict, new Credentials(token, "42", false)).user()).isEqualTo("7");
    assertThat(identity(development, new Credentials(token, "42", false)).user()).isEqualTo("7");
    assertThat(failure(development, new Credentials("forged", "42", false)))
        .isEqualTo(AuthFailure.MALFORMED);
    assertThat(failure(development, new Credentials(null, "42", true)))
        .isEqualTo(AuthFailure.MALFORMED);
  }

  @Test
  void shouldSayThatNoTokenCanBeVerifiedWithoutASecret() {
    String token = Tokens.publishing("7", "p.*");
    assertThat(failure(of("", false), new Credentials(token, null, false)))
        .isEqualTo(AuthFailure.NOT_CONFIGURED);
    assertThat(identity(of("", true), NOTHING).anonymous()).isTrue();
  }

  @Test
  void shouldRefuseWhatIsRevokedAlsoWhenItWasVerifiedBefore() {
    AtomicReference<Revocations> revoked = new AtomicReference<>(Revocations.NONE);
    RequestAuthenticator heeding = strict.heeding(revoked::get);
    Credentials credentials = new Credentials(Tokens.publishing("7", "p.*"), null, false);
    Identity before = identity(heeding, credentials);
    assertThat(before.isRevoked()).isFalse();

    revoked.set(Revoked.user("7", Instant.now()));

    assertThat(failure(heeding, credentials)).isEqualTo(AuthFailure.REVOKED);
    assertThat(heeding.verify(Tokens.publishing("8"))).isInstanceOf(Verified.class);
    assertThat(before.isRevoked()).as("whoever is let in").isTrue();
    RequestAuthenticator named = development.heeding(revoked::get);
    assertThat(failure(named, new Credentials(null, "7", false))).isEqualTo(AuthFailure.REVOKED);
  }

  @Test
  void shouldLetNobodyFollowWhatNeedsNoTokenAndNothingElse() {
    RequestAuthenticator open =
        Authenticators.of(
            Map.of("auth.hmac.secret", Tokens.SECRET, "auth.anonymous.channels", "scores,game.*"));
    Identity nobody = identity(open, NOTHING);
    assertThat(nobody.user()).isNull();
    assertThat(nobody.anonymous()).isTrue();
    assertThat(open.isAnonymous(nobody)).isTrue();
    assertThat(nobody.subscribe().allows("scores")).isTrue();
    assertThat(nobody.subscribe().allows("game.1")).isTrue();
    assertThat(nobody.subscribe().allows("chat")).isFalse();
    assertThat(nobody.subscribe().allows("$broadcast")).isFalse();
    assertThat(nobody.publish().allowsChannel("scores")).isFalse();

    // It is no way round a token, nor does a name stand for one.
    assertThat(failure(open, new Credentials("forged", null, false)))
        .isEqualTo(AuthFailure.MALFORMED);
    assertThat(identity(open, new Credentials(null, "42", false)).user()).isNull();
    Identity known = identity(open, new Credentials(Tokens.publishing("7"), null, false));
    assertThat(known.subscribe().allows("scores")).isFalse();
    assertThat(open.isAnonymous(known)).isFalse();
    assertThat(development.isAnonymous(identity(development, NOTHING))).isFalse();
  }

  @Test
  void shouldShowNeitherTokensNorTheSecret() {
    assertThat(
            AuthConfig.from(
                Settings.of(Map.of("auth.hmac.secret", "hush", "dev", "true")), List.of()))
        .hasToString(
            "AuthConfig[hmacSecret=(secret), keysFile=none, jwksUrl=none, development=true]");
    assertThat(new Credentials("hush", "42", false))
        .hasToString("Credentials[token=true, user=true]");
  }

  private static RequestAuthenticator of(String secret, boolean development) {
    return Authenticators.of(
        Map.of("auth.hmac.secret", secret, "dev", Boolean.toString(development)));
  }

  private static Identity identity(RequestAuthenticator authenticator, Credentials credentials) {
    return ((Verified) authenticator.authenticate(credentials)).identity();
  }

  private static AuthFailure failure(RequestAuthenticator authenticator, Credentials credentials) {
    return ((Refused) authenticator.authenticate(credentials)).failure();
  }
}
