package dev.tailrace.support.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.v1.Control;
import dev.tailrace.v1.Disconnect;
import dev.tailrace.v1.Revocation;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ControlRecordsTest {
  private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");

  @Test
  void shouldFindWhatHasExpired() {
    assertThat(
            ControlRecords.useless(
                Map.of(
                    "over", user("ann", 0, -1),
                    "just over", user("bob", 0, 0),
                    "holds", user("cid", 0, 1),
                    "for ever", forEver("dan")),
                NOW))
        .containsExactlyInAnyOrder("over", "just over");
  }

  @Test
  void shouldFindWhatAnotherHoldsForAsMuchAndAsLong() {
    assertThat(
            ControlRecords.useless(
                Map.of(
                    "older", user("ann", 1, 100),
                    "newer", user("ann", 2, 100),
                    "for longer", user("ann", 0, 200),
                    "another's", user("bob", 1, 100),
                    "of a channel", channel("ann", 1, 100)),
                NOW))
        .containsExactly("older");
  }

  @Test
  void shouldKeepOneOfTwoThatAreAlikeTheSameWhoeverLooks() {
    Control alike = user("ann", 1, 100);
    assertThat(ControlRecords.useless(Map.of("a", alike, "b", alike, "c", alike), NOW))
        .containsExactlyInAnyOrder("a", "b");
  }

  @Test
  void shouldKeepTheNewestDisconnectOfEach() {
    assertThat(
            ControlRecords.useless(
                Map.of(
                    "first", disconnect("ann", 1),
                    "second", disconnect("ann", 2),
                    "bob", disconnect("bob", 1)),
                NOW))
        .containsExactly("first");
  }

  @Test
  void shouldLeaveWhatItDoesNotKnow() {
    assertThat(ControlRecords.useless(Map.of("newer", Control.getDefaultInstance()), NOW))
        .isEmpty();
  }

  private static Control user(String user, long beforeS, long expiresS) {
    return Control.newBuilder().setRevocation(revocation(user, beforeS, expiresS)).build();
  }

  private static Control channel(String user, long beforeS, long expiresS) {
    return Control.newBuilder()
        .setRevocation(revocation(user, beforeS, expiresS).setChannel("chat"))
        .build();
  }

  private static Control forEver(String user) {
    return Control.newBuilder().setRevocation(revocation(user, 0, 0).clearExpires()).build();
  }

  private static Revocation.Builder revocation(String user, long beforeS, long expiresS) {
    return Revocation.newBuilder()
        .setSubject(user)
        .setIssuedBefore(ControlRecords.timestamp(NOW.plusSeconds(beforeS)))
        .setExpires(ControlRecords.timestamp(NOW.plusSeconds(expiresS)));
  }

  private static Control disconnect(String user, long atS) {
    Instant at = NOW.plusSeconds(atS);
    return Control.newBuilder()
        .setDisconnect(
            Disconnect.newBuilder()
                .setUser(user)
                .setAt(ControlRecords.timestamp(at))
                .setExpires(ControlRecords.timestamp(at.plusSeconds(60))))
        .build();
  }
}
