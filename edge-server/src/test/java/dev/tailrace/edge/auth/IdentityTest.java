package dev.tailrace.edge.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.control.Revocations;
import dev.tailrace.edge.control.Revoked;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class IdentityTest {
  private static final Instant THEN = Instant.parse("2026-11-29T12:00:00Z");

  @Test
  void shouldLoseWhatIsRevokedOfWhatItWasGranted() {
    Identity before = subject(THEN.minusSeconds(1), Revoked.channel("chat", THEN));
    assertThat(before.maySubscribe("chat")).isFalse();
    assertThat(before.mayPublish("chat")).isFalse();
    assertThat(before.maySubscribe("scores")).isTrue();
    assertThat(before.mayPublish("scores")).isTrue();
    assertThat(before.isRevoked()).isFalse();

    Identity later = subject(THEN, Revoked.channel("chat", THEN));
    assertThat(later.maySubscribe("chat")).isTrue();
    assertThat(later.mayPublish("chat")).isTrue();
    assertThat(subject(null, Revoked.channel("chat", THEN)).maySubscribe("chat")).isFalse();
  }

  @Test
  void shouldNotBeGrantedWhatItsTokenDoesNotGrant() {
    Identity identity =
        new Identity("ann", false, SubscribeGrants.NONE, PublishGrants.NONE, null, THEN, "t1");

    assertThat(identity.maySubscribe("chat")).isFalse();
    assertThat(identity.mayPublish("chat")).isFalse();
    assertThat(identity.isRevoked()).isFalse();
  }

  @Test
  void shouldBeRevokedWhenItIsOlder() {
    assertThat(subject(THEN.minusSeconds(1), Revoked.user("ann", THEN)).isRevoked()).isTrue();
    assertThat(subject(null, Revoked.user("ann", THEN)).isRevoked()).isTrue();
    assertThat(subject(THEN, Revoked.user("ann", THEN)).isRevoked()).isFalse();
    assertThat(subject(null, Revoked.user("bob", THEN)).isRevoked()).isFalse();
  }

  @Test
  void shouldNotBeRevokedWithoutATokenButForChannels() {
    Identity nobody =
        new Identity(null, true, SubscribeGrants.ALL, PublishGrants.NONE, null, null, null);

    assertThat(nobody.subjectTo(() -> Revoked.everybody(THEN)).isRevoked()).isFalse();
    assertThat(nobody.subjectTo(() -> Revoked.channel("chat", THEN)).maySubscribe("chat"))
        .isFalse();
    assertThat(subject(null, Revoked.everybody(THEN)).isRevoked()).isTrue();
  }

  private static Identity subject(@Nullable Instant issuedAt, Revocations revoked) {
    return new Identity("ann", false, SubscribeGrants.ALL, PublishGrants.ALL, null, issuedAt, "t1")
        .subjectTo(() -> revoked);
  }
}
