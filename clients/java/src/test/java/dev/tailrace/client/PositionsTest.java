package dev.tailrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PositionsTest {
  private final Positions positions = new Positions(null);

  private static Event event(String channel, String cursor) {
    String named = channel.isEmpty() ? "" : "\"channel\":\"" + channel + "\",";
    return Event.of("{" + named + "\"id\":\"e\",\"cursor\":\"" + cursor + "\"}");
  }

  private static Gap gap(String reason, String cursor) {
    return Gap.of(
        "{\"channels\":[\"a\"],\"reason\":\"" + reason + "\",\"cursor\":\"" + cursor + "\"}");
  }

  private void beginOnSocket() {
    positions.begins("", "x~u1-3.4~c1-0.2~t5");
    positions.begins("a", "x~c1-2.7~t5");
    positions.begins("b", "x~c1-2.9~t6");
  }

  @Test
  void shouldKeepOnePositionForEachAddressOfAWebSocket() {
    beginOnSocket();

    assertThat(positions.isNew(event("a", "x~c1-2.8"), false)).isTrue();
    assertThat(positions.isNew(event("a", "x~c1-2.8"), false)).isFalse();
    assertThat(positions.isNew(event("", "x~u1-3.5"), false)).isTrue();
    assertThat(positions.isNew(event("$broadcast", "x~c1-0.3"), false)).isTrue();
    assertThat(positions.of("a")).isEqualTo("x~c1-2.8~t5");
    assertThat(positions.of("b")).isEqualTo("x~c1-2.9~t6");
    assertThat(positions.of("")).isEqualTo("x~u1-3.5~c1-0.3~t5");
    assertThat(positions.of("c")).isNull();
  }

  @Test
  void shouldGiveNothingTwiceToWhoHadComeFurtherThanTheStreamBeginsAt() {
    beginOnSocket();

    assertThat(positions.forStream().split("~", -1))
        .containsExactlyInAnyOrder("x", "u1-3.4", "c1-0.2", "c1-2.7", "t5");
    assertThat(positions.isNew(event("a", "x~c1-2.8"), true)).isTrue();
    assertThat(positions.isNew(event("b", "x~c1-2.8"), true)).isFalse();
    assertThat(positions.isNew(event("b", "x~c1-2.9"), true)).isFalse();
    assertThat(positions.isNew(event("b", "x~c1-2.a"), true)).isTrue();
  }

  @Test
  void shouldTakeTheCursorOfAStreamToAWebSocketForEach() {
    beginOnSocket();
    positions.forStream();
    positions.streamIsAt("x~u1-3.5~c1-0.2~c1-2.8~t7");
    positions.split(List.of("a", "b", "c"));

    assertThat(positions.of("a")).isEqualTo("x~u1-3.5~c1-0.2~c1-2.8~t7");
    assertThat(positions.of("b")).isEqualTo("x~u1-3.5~c1-0.2~c1-2.9~t7");
    assertThat(positions.of("c")).isEqualTo("x~u1-3.5~c1-0.2~c1-2.8~t7");
    assertThat(positions.oldest()).isEqualTo("x~u1-3.5~c1-0.2~c1-2.8~t7");
  }

  @Test
  void shouldGoBackWhereAGapSaysSo() {
    beginOnSocket();

    positions.passGap("a", gap("truncated", "x~c1-2.3"), false);
    assertThat(positions.isNew(event("a", "x~c1-2.4"), false)).isTrue();
    positions.passGap("a", gap("upstream", "x~c1-2.1"), false);
    assertThat(positions.of("a")).isEqualTo("x~c1-2.4~t5");
  }

  @ParameterizedTest
  @ValueSource(strings = {"truncated", "generation"})
  void shouldGoBackOnAStreamWhereItsLogIsAnotherOne(String reason) {
    beginOnSocket();
    positions.forStream();
    positions.passGap("b", gap(reason, "x~c1-2.3"), true);

    assertThat(positions.isNew(event("b", "x~c1-2.4"), true)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"upstream", "retention", "budget", "skipped"})
  void shouldGiveNothingTwiceAfterAnyOtherGapOfAStream(String reason) {
    beginOnSocket();
    positions.forStream();
    positions.passGap("b", gap(reason, "x~c1-2.7"), true);

    assertThat(positions.isNew(event("b", "x~c1-2.8"), true)).isFalse();
    assertThat(positions.isNew(event("b", "x~c1-2.a"), true)).isTrue();
  }

  @Test
  void shouldBeRaisedByHeartbeats() {
    beginOnSocket();
    positions.raise("a", "x~u1-3.9~c1-2.8~t9");
    positions.raise("none", "x~u1-3.9~c1-2.8~t9");

    assertThat(positions.of("a")).isEqualTo("x~c1-2.8~t9");
    assertThat(positions.of("none")).isNull();
  }

  @Test
  void shouldBeginWhereItIsToldUntilThereWasAConnection() {
    Positions told = new Positions("x~c1-2.7");
    assertThat(told.oldest()).isEqualTo("x~c1-2.7");
    told.split(List.of("a"));

    assertThat(told.of("a")).isEqualTo("x~c1-2.7");
    assertThat(told.of("late")).isEqualTo("x~c1-2.7");
    told.begun();
    assertThat(told.of("later")).isNull();
  }

  @Test
  void shouldForgetWhatNobodyFollows() {
    beginOnSocket();
    positions.forget("a");

    assertThat(positions.of("a")).isNull();
    assertThat(positions.oldest()).contains("c1-2.9");
  }
}
