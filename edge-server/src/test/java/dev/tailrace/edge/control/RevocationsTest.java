package dev.tailrace.edge.control;

import static dev.tailrace.edge.control.Records.issuedBefore;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.v1.Revocation;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RevocationsTest {
  private static final Instant THEN = Instant.parse("2026-11-29T12:00:00Z");
  private static final long BEFORE_MS = THEN.toEpochMilli() - 1;
  private static final long SINCE_MS = THEN.toEpochMilli();

  @Test
  void shouldRevokeWhatAUserWasIssuedBeforeAMoment() {
    Revocations revoked = of(issuedBefore(THEN).setSubject("ann"));

    assertThat(revoked.revokes("ann", null, BEFORE_MS)).isTrue();
    assertThat(revoked.revokes("ann", "t1", BEFORE_MS)).isTrue();
    assertThat(revoked.revokes("ann", null, SINCE_MS)).isFalse();
    assertThat(revoked.revokes("bob", null, BEFORE_MS)).isFalse();
    assertThat(revoked.revokes(null, "ann", BEFORE_MS)).isFalse();
    assertThat(revoked.revokesChannel("ann", "ann", BEFORE_MS)).isFalse();
  }

  @Test
  void shouldTakeATokenThatDoesNotSayWhenItWasIssuedForTheOldest() {
    Revocations revoked = of(issuedBefore(Instant.EPOCH).setSubject("ann"));

    assertThat(revoked.revokes("ann", null, Revocations.UNKNOWN)).isTrue();
    assertThat(revoked.revokes("ann", null, 0)).isFalse();
    assertThat(Revocations.NONE.revokes("ann", "t1", Revocations.UNKNOWN)).isFalse();
    assertThat(Revocations.NONE.revokesChannel("ann", "c", Revocations.UNKNOWN)).isFalse();
  }

  @Test
  void shouldRevokeATokenByItsId() {
    Revocations revoked = of(issuedBefore(THEN).setTokenId("t1"));

    assertThat(revoked.revokes("ann", "t1", BEFORE_MS)).isTrue();
    assertThat(revoked.revokes(null, "t1", BEFORE_MS)).isTrue();
    assertThat(revoked.revokes("ann", "t1", SINCE_MS)).isFalse();
    assertThat(revoked.revokes("ann", "t2", BEFORE_MS)).isFalse();
    assertThat(revoked.revokes("t1", null, BEFORE_MS)).isFalse();
  }

  @Test
  void shouldRevokeEverybodysTokens() {
    Revocations revoked = of(issuedBefore(THEN).setEverybody(true));

    assertThat(revoked.revokes("ann", "t1", BEFORE_MS)).isTrue();
    assertThat(revoked.revokes(null, null, Revocations.UNKNOWN)).isTrue();
    assertThat(revoked.revokes("ann", "t1", SINCE_MS)).isFalse();
    assertThat(revoked.revokesChannel("ann", "c", BEFORE_MS)).isFalse();
  }

  @Test
  void shouldRevokeAChannelOfEverybodyOrOfAUser() {
    Revocations revoked =
        of(
            issuedBefore(THEN).setChannel("all"),
            issuedBefore(THEN).setChannel("some").setSubject("ann"));

    assertThat(revoked.revokesChannel("ann", "all", BEFORE_MS)).isTrue();
    assertThat(revoked.revokesChannel(null, "all", Revocations.UNKNOWN)).isTrue();
    assertThat(revoked.revokesChannel("ann", "all", SINCE_MS)).isFalse();
    assertThat(revoked.revokesChannel("ann", "some", BEFORE_MS)).isTrue();
    assertThat(revoked.revokesChannel("ann", "some", SINCE_MS)).isFalse();
    assertThat(revoked.revokesChannel("bob", "some", BEFORE_MS)).isFalse();
    assertThat(revoked.revokesChannel(null, "some", BEFORE_MS)).isFalse();
    assertThat(revoked.revokesChannel("ann", "other", BEFORE_MS)).isFalse();
    assertThat(revoked.revokes("ann", null, BEFORE_MS)).as("the token itself stands").isFalse();
  }

  @Test
  void shouldHoldForAsMuchAsTheNewestOfThemSays() {
    Revocations revoked =
        of(
            issuedBefore(THEN).setSubject("ann"),
            issuedBefore(THEN.minusSeconds(60)).setSubject("ann"));

    assertThat(revoked.revokes("ann", null, BEFORE_MS)).isTrue();
    assertThat(revoked.count()).isEqualTo(2);
  }

  @Test
  void shouldNotBeOutwittedByMomentsThatAreNone() {
    Revocation.Builder late = Revocation.newBuilder().setSubject("ann");
    late.getIssuedBeforeBuilder().setSeconds(Long.MAX_VALUE).setNanos(-5);

    assertThat(of(late).revokes("ann", null, SINCE_MS)).isTrue();
  }

  private static Revocations of(Revocation.Builder... held) {
    List<Revocation> all = Arrays.stream(held).map(Revocation.Builder::build).toList();
    return Revocations.of(all);
  }
}
