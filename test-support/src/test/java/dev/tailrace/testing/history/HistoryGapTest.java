package dev.tailrace.testing.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.testing.history.Finding.Lost;
import dev.tailrace.testing.history.Finding.OutOfOrder;
import dev.tailrace.testing.history.Finding.Repeated;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which holes a gap excuses. */
class HistoryGapTest {
  private static final Address SCORES = Address.channel("scores");
  private static final Address CHAT = Address.channel("chat");
  private static final Address ADA = Address.user("ada");

  private final History history = new History();
  private final ClientLog client = history.client("c");
  private long offset;

  @BeforeEach
  void begin() {
    client.asked(SCORES, CHAT, ADA);
    List.of(SCORES, CHAT, ADA).forEach(client::began);
    send(SCORES, "e1", "e2", "e3", "e4");
  }

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

  private static Lost lost(String told) {
    return new Lost("c", SCORES, List.of("e2", "e3"), "e1", "e4", told);
  }

  @Test
  void shouldExcuseAHoleWithAGap() {
    see(SCORES, "e1");
    client.told(ToldGap.of("retention", "scores"));
    see(SCORES, "e4");

    assertThat(history.findings()).isEmpty();
    assertThat(history.gaps()).containsExactly(ToldGap.of("retention", "scores"));
  }

  @Test
  void shouldExcuseAHoleAtTheBeginning() {
    client.told(ToldGap.of("retention", "scores"));
    see(SCORES, "e4");

    assertThat(history.findings()).isEmpty();
  }

  @Test
  void shouldExcuseAHoleThatNothingHasComeAfter() {
    see(SCORES, "e1");
    client.told(ToldGap.of("skipped", "scores"));

    assertThat(history.findings()).isEmpty();
    assertThat(history.isSettled()).isTrue();
  }

  @Test
  void shouldTakeAGapWithoutAHole() {
    see(SCORES, "e1", "e2");
    client.told(ToldGap.of("upstream", "scores", "chat"));
    see(SCORES, "e3", "e4");

    assertThat(history.findings()).isEmpty();
  }

  @Test
  void shouldFindAHoleAtAnotherAddressThanTheGaps() {
    see(SCORES, "e1");
    client.told(ToldGap.of("retention", "chat"));
    see(SCORES, "e4");

    assertThat(history.findings())
        .containsExactly(lost("told there, and not of this: [gap retention of [chat]]"));
  }

  @Test
  void shouldFindAHoleBehindTheGap() {
    client.told(ToldGap.of("retention", "scores"));
    see(SCORES, "e1", "e4");

    assertThat(history.findings())
        .containsExactly(lost("no gap was told there; told before: gap retention of [scores]"));
  }

  @Test
  void shouldFindAHoleThatWasToldTooLate() {
    see(SCORES, "e1", "e4");
    client.told(ToldGap.of("retention", "scores"));
    client.told(ToldGap.of("skipped", "scores"));

    assertThat(history.findings())
        .containsExactly(lost("no gap was told there; told only after: gap retention of [scores]"));
  }

  @Test
  void shouldNotExcuseWhatWasSentAfterTheGap() {
    see(SCORES, "e1", "e2");
    client.told(ToldGap.of("skipped", "scores"));
    send(SCORES, "e5", "e6");
    see(SCORES, "e6");

    assertThat(history.findings())
        .containsExactly(
            new Lost(
                "c",
                SCORES,
                List.of("e5"),
                "e2",
                "e6",
                "told there, and not of this: [gap skipped of [scores]]"));
  }

  @Test
  void shouldExcusePersonalEventsByAGapWithoutChannels() {
    send(ADA, "a1", "a2", "a3");
    see(SCORES, "e1");
    see(ADA, "a1");
    client.told(ToldGap.of("retention"));
    see(ADA, "a3");
    see(SCORES, "e4");

    assertThat(history.findings())
        .containsExactly(lost("told there, and not of this: [gap retention of personal events]"));
  }

  @Test
  void shouldNotExcusePersonalEventsByAGapOfChannels() {
    send(ADA, "a1", "a2", "a3");
    see(SCORES, "e1", "e2", "e3", "e4");
    see(ADA, "a1");
    client.told(ToldGap.of("retention", "scores", "chat"));
    see(ADA, "a3");

    assertThat(history.findings())
        .containsExactly(
            new Lost(
                "c",
                ADA,
                List.of("a2"),
                "a1",
                "a3",
                "told there, and not of this: [gap retention of [scores, chat]]"));
  }

  @Test
  void shouldExcuseWhateverIsNewerByALossUpstream() {
    send(ADA, "a1", "a2", "a3");
    client.told(ToldGap.of("upstream", "scores", "chat"));
    see(SCORES, "e1", "e4");
    see(ADA, "a1", "a3");

    assertThat(history.findings()).isEmpty();
  }

  @Test
  void shouldFindALossUpstreamThatWasToldTooLate() {
    see(SCORES, "e1", "e4");
    client.told(ToldGap.of("upstream", "scores", "chat"));

    assertThat(history.findings())
        .containsExactly(
            lost("no gap was told there; told only after: gap upstream of [scores, chat]"));
  }

  @Test
  void shouldTakeRepeatsAfterAnApproximateGap() {
    see(SCORES, "e1", "e2", "e3");
    client.told(ToldGap.of("generation", "scores").withRepeats());
    see(SCORES, "e2", "e3", "e4");

    assertThat(history.findings()).isEmpty();
  }

  @Test
  void shouldTakeNoRepeatsAfterAnExactGapNorAnotherAddress() {
    see(SCORES, "e1", "e2", "e3");
    client.told(ToldGap.of("generation", "scores"));
    client.told(ToldGap.of("generation", "chat").withRepeats());
    see(SCORES, "e3", "e4");

    assertThat(history.findings()).containsExactly(new Repeated("c", SCORES, "e3"));
  }

  @Test
  void shouldBoundRepeatsByOneForEachGapInOrder() {
    see(SCORES, "e1", "e2", "e3", "e4");
    client.told(ToldGap.of("generation", "scores").withRepeats());
    see(SCORES, "e2", "e4", "e3", "e4");

    assertThat(history.findings())
        .containsExactly(new OutOfOrder("c", SCORES, "e3", "e4"), new Repeated("c", SCORES, "e4"));
  }

  @Test
  void shouldNotMakeUpForASilentJumpByRepeats() {
    see(SCORES, "e1", "e4");
    client.told(ToldGap.of("generation", "scores").withRepeats());
    see(SCORES, "e2", "e3", "e4");

    assertThat(history.findings())
        .containsExactly(
            lost("no gap was told there; told only after: gap generation of [scores]"));
  }
}
