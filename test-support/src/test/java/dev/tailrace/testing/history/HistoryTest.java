package dev.tailrace.testing.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.testing.history.Finding.Leaked;
import dev.tailrace.testing.history.Finding.Lost;
import dev.tailrace.testing.history.Finding.OutOfOrder;
import dev.tailrace.testing.history.Finding.Phantom;
import dev.tailrace.testing.history.Finding.Repeated;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Histories with one fault each, and such as only look faulty. */
class HistoryTest {
  private static final Address SCORES = Address.channel("scores");
  private static final Address CHAT = Address.channel("chat");
  private static final Address ADA = Address.user("ada");
  private static final Address GRACE = Address.user("grace");

  private final History history = new History();
  private final ClientLog client = following("c", SCORES, CHAT, ADA);
  private long offset;

  private ClientLog following(String name, Address... addresses) {
    ClientLog log = history.client(name);
    log.asked(addresses);
    for (Address address : addresses) {
      log.began(address);
    }
    return log;
  }

  /** Each is acknowledged at the next offset of one ingress partition. */
  private void send(Address address, String... ids) {
    for (String id : ids) {
      history.sending(id, Set.of(address));
      history.acknowledged(id, new Place("p", offset++));
    }
  }

  private void see(Address address, String... ids) {
    for (String id : ids) {
      client.saw(address, id);
    }
  }

  @Test
  void shouldFindNothingWhenAllCameInOrder() {
    send(SCORES, "e1", "e2");
    send(ADA, "e3");
    send(CHAT, "e4");
    send(SCORES, "e5");

    see(CHAT, "e4");
    see(SCORES, "e1", "e2");
    see(ADA, "e3");
    see(SCORES, "e5");

    assertThat(history.findings()).isEmpty();
    assertThat(history.isSettled()).isTrue();
    assertThat(client.seen()).isEqualTo(5);
  }

  @Test
  void shouldFindADroppedEvent() {
    send(SCORES, "e1", "e2", "e3", "e4");

    see(SCORES, "e1", "e4");

    assertThat(history.findings())
        .containsExactly(
            new Lost("c", SCORES, List.of("e2", "e3"), "e1", "e4", "no gap was told there"))
        .first()
        .hasToString(
            "c, channel scores: 2 lost [e2, e3], between e1 and e4; no gap was told there");
    assertThat(history.isSettled()).as("it will not come any more").isTrue();
  }

  @Test
  void shouldFindADroppedFirst() {
    send(SCORES, "e1", "e2");

    see(SCORES, "e2");

    assertThat(history.findings())
        .containsExactly(new Lost("c", SCORES, List.of("e1"), null, "e2", "no gap was told there"))
        .first()
        .hasToString(
            "c, channel scores: 1 lost [e1], between its beginning and e2; no gap was told there");
  }

  @Test
  void shouldFindWhatHasNotComeYetAndSayThatItMay() {
    send(SCORES, "e1", "e2");

    see(SCORES, "e1");

    assertThat(history.findings())
        .containsExactly(new Lost("c", SCORES, List.of("e2"), "e1", null, "no gap was told there"));
    assertThat(history.isSettled()).isFalse();
    see(SCORES, "e2");
    assertThat(history.isSettled()).isTrue();
  }

  @Test
  void shouldFindASwappedPair() {
    send(SCORES, "e1", "e2", "e3", "e4");

    see(SCORES, "e1", "e3", "e2", "e4");

    assertThat(history.findings())
        .containsExactly(new OutOfOrder("c", SCORES, "e2", "e3"))
        .first()
        .hasToString("c, channel scores: e2 came after e3");
  }

  @Test
  void shouldAskForNoOrderBetweenSources() {
    history.sending("e1", Set.of(SCORES));
    history.acknowledged("e1", new Place("p", 7));
    history.sending("e2", Set.of(SCORES));
    history.acknowledged("e2", new Place("q", 3));
    history.sending("e3", Set.of(SCORES));
    history.acknowledged("e3");
    history.sending("e4", Set.of(SCORES));
    history.acknowledged("e4");

    see(SCORES, "e4", "e2", "e1", "e3");

    assertThat(history.findings()).isEmpty();
  }

  @Test
  void shouldFindARepeat() {
    send(SCORES, "e1", "e2");

    see(SCORES, "e1", "e2", "e1");

    assertThat(history.findings())
        .containsExactly(new Repeated("c", SCORES, "e1"))
        .first()
        .hasToString("c, channel scores: e1 came again");
  }

  @Test
  void shouldTakeAnEventOnceForEachOfItsAddresses() {
    history.sending("e1", Set.of(SCORES, CHAT, ADA));
    history.acknowledged("e1", new Place("p", 0));

    see(SCORES, "e1");
    see(CHAT, "e1");

    assertThat(history.findings())
        .containsExactly(new Lost("c", ADA, List.of("e1"), null, null, "no gap was told there"));
    see(ADA, "e1");
    assertThat(history.findings()).isEmpty();
  }

  @Test
  void shouldFindAPhantom() {
    send(SCORES, "e1");

    see(SCORES, "e1", "e2");

    assertThat(history.findings())
        .containsExactly(new Phantom("c", SCORES, "e2"))
        .first()
        .hasToString("c, channel scores: nobody sent e2");
  }

  @Test
  void shouldTakeWhatWasNotAcknowledgedOrNot() {
    history.sending("e1", Set.of(SCORES));
    history.sending("e2", Set.of(SCORES));
    assertThat(history.findings()).isEmpty();

    see(SCORES, "e2");
    assertThat(history.findings()).isEmpty();

    see(SCORES, "e2");
    assertThat(history.findings()).containsExactly(new Repeated("c", SCORES, "e2"));
  }

  @Test
  void shouldFindWhatWasForSomebodyElse() {
    send(GRACE, "e1");

    see(ADA, "e1");

    assertThat(history.findings())
        .containsExactly(new Leaked("c", ADA, "e1", "which was sent to [user grace]"))
        .first()
        .hasToString("c, user ada: saw e1, which was sent to [user grace]");
  }

  @Test
  void shouldFindAnAddressThatWasNotAskedForOrWasLeft() {
    Address news = Address.channel("news");
    send(news, "e1");
    send(CHAT, "e2");

    see(news, "e1");
    client.left(CHAT);
    see(CHAT, "e2");

    assertThat(history.findings())
        .containsExactly(
            new Leaked("c", news, "e1", "and did not follow that then"),
            new Leaked("c", CHAT, "e2", "and did not follow that then"));
  }

  @Test
  void shouldFindAGapThatNamesAnAddressThatWasNotAskedFor() {
    client.told(ToldGap.of("skipped", "scores", "news"));

    assertThat(history.findings())
        .containsExactly(
            new Leaked(
                "c",
                Address.channel("news"),
                "gap skipped of [scores, news]",
                "and did not follow that then"));
  }

  @Test
  void shouldAskForNothingFromBeforeTheBeginningNorAfterTheEnd() {
    send(SCORES, "e1", "e2", "e3");
    ClientLog late = history.client("late");
    late.asked(SCORES);
    late.saw(SCORES, "e2");
    assertThat(history.findings())
        .filteredOn(finding -> finding.client().equals("late"))
        .as("what lies behind the first it saw")
        .containsExactly(
            new Lost("late", SCORES, List.of("e3"), "e2", null, "no gap was told there"));

    late.left(SCORES);

    see(SCORES, "e1", "e2", "e3");
    assertThat(history.findings()).isEmpty();
  }

  @Test
  void shouldBeginOnce() {
    send(SCORES, "e1");
    client.began(SCORES);

    assertThat(history.isSettled()).isFalse();
    assertThatThrownBy(() -> client.asked(SCORES)).hasMessageContaining("has asked for");
  }

  @Test
  void shouldRefuseWhatCannotBeTold() {
    send(SCORES, "e1");

    assertThatThrownBy(() -> send(SCORES, "e1")).hasMessage("e1 was sent before");
    assertThatThrownBy(() -> history.acknowledged("e2")).hasMessage("e2 was not sent");
    assertThatThrownBy(() -> history.client("c")).hasMessage("there is a client c");
  }
}
