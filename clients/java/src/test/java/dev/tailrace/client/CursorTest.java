package dev.tailrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules of {@code docs/protocol/cursor.md}. */
class CursorTest {
  @ParameterizedTest
  @CsvSource({
    // the example of the page
    "x~u1-3.1k2, x~u1-3.1k0~c1-2.7, x~u1-3.1k0~c1-2.7",
    // by value, not by letter
    "x~c1-2.9, x~c1-2.10, x~c1-2.9",
    "x~c1-2.z, x~c1-2.10, x~c1-2.z",
    // the oldest time, and last; none where one has none
    "x~c1-2.7~ttozrkr, x~c1-3.1~ttozrk0, x~c1-2.7~c1-3.1~ttozrk0",
    "x~c1-2.7~ttozrkr, x~c1-3.1, x~c1-2.7~c1-3.1",
    // what is known of lost tails is left out
    "x~c1-2.7~lmc0~ttozrkr, x~c1-3.1~ttozrkr, x~c1-2.7~c1-3.1~ttozrkr",
    // of two logs the one that has been without news for longer
    "x~c1-2.7~t2, y~c1-2.9~t1, y~c1-2.9~t1",
    "x~c1-2.7, y~c1-2.9~t1, x~c1-2.7",
  })
  void shouldJoin(String a, String b, String joined) {
    assertThat(Cursor.of(a).joinedWith(Cursor.of(b))).hasToString(joined);
  }

  @ParameterizedTest
  @CsvSource({
    "x~c1-2.7~t1, x~c1-2.9, x~c1-2.9~t1",
    // back, after a lost tail
    "x~c1-2.7~t1, x~c1-2.5, x~c1-2.5~t1",
    // another partition, after a move
    "x~c1-2.7~t1, x~c2-4.1, x~c1-2.7~c2-4.1~t1",
    "x~c1-2.7~t1, y~c1-2.1, y~c1-2.1",
  })
  void shouldMoveToAnEventsOwnCursor(String known, String event, String moved) {
    assertThat(Cursor.of(known).movedTo(Cursor.of(event))).hasToString(moved);
  }

  @ParameterizedTest
  @CsvSource({
    "x~c1-2.7~t1, x~u1-3.4~c1-2.10~t2, x~c1-2.10~t2",
    "x~c1-2.7~t2, x~c1-2.5~t1, x~c1-2.7~t2",
    "x~c1-2.7, x~c1-2.10~t2, x~c1-2.10",
    "x~c1-2.7~t1, y~c1-2.9~t2, x~c1-2.7~t1",
  })
  void shouldRaiseWhatItNames(String known, String heartbeat, String raised) {
    assertThat(Cursor.of(known).raisedBy(Cursor.of(heartbeat))).hasToString(raised);
  }

  @Test
  void shouldKeepTheLeadOfWhoHadComeFurther() {
    Cursor whole = Cursor.of("x~u1-3.4~c1-2.7~c1-5.9~t5");

    assertThat(whole.withLeadOf(Cursor.of("x~c1-2.10~t6")))
        .hasToString("x~u1-3.4~c1-2.10~c1-5.9~t6");
    assertThat(whole.withLeadOf(Cursor.of("x~c1-2.1~t4"))).hasToString(whole.toString());
    assertThat(whole.withLeadOf(Cursor.of("y~c1-2.z"))).hasToString(whole.toString());
  }

  @ParameterizedTest
  @CsvSource({
    "x~c1-2.7, x~c1-2.7, true",
    "x~c1-2.10, x~c1-2.z, true",
    "x~c1-2.z, x~c1-2.10, false",
    "x~c1-3.9, x~c1-2.1, false",
    "y~c1-2.9, x~c1-2.1, false",
  })
  void shouldSayWhatItCovers(String at, String event, boolean covers) {
    assertThat(Cursor.of(at).covers(Cursor.of(event))).isEqualTo(covers);
  }

  @ParameterizedTest
  @CsvSource({"''", "~", "yesterday~half-past", "x~.", "x~t"})
  void shouldBearWhatIsNone(String text) {
    assertThat(Cursor.of(text).joinedWith(Cursor.of(text))).isNotNull();
  }
}
