package dev.tailrace.edge.cursor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CursorCodecTest {
  private static final LanePartition USERS_3 = new LanePartition(Lane.USERS, 1, 3);
  private static final LanePartition CHANNELS_17 = new LanePartition(Lane.CHANNELS, 1, 17);

  @Test
  void shouldWriteTheTextsThatTheProtocolShows() throws Exception {
    Cursor cursor =
        new Cursor("1z141z3", Map.of(CHANNELS_17, 357L, USERS_3, 72_002L), OptionalLong.empty());

    assertThat(CursorCodec.encode(cursor)).isEqualTo("1z141z3~u1-3.1jk2~c1-h.9x");
    assertThat(cursor).hasToString("1z141z3~u1-3.1jk2~c1-h.9x");
  }

  @Test
  void shouldReadTheTextsThatTheProtocolShows() throws Exception {
    Cursor cursor = CursorCodec.decode("1z141z3~u1-3.1jk2~c2-h.9x~ttdgqo0");

    assertThat(cursor.tag()).isEqualTo("1z141z3");
    assertThat(cursor.positions())
        .containsExactly(
            Map.entry(USERS_3, 72_002L), Map.entry(new LanePartition(Lane.CHANNELS, 2, 17), 357L));
    assertThat(cursor.basisSeconds()).hasValue(Long.parseLong("tdgqo0", 36));
    assertThat(CursorCodec.encode(cursor)).isEqualTo("1z141z3~u1-3.1jk2~c2-h.9x~ttdgqo0");
  }

  @Test
  void shouldReadWhatItsHolderWasToldOf() throws Exception {
    String text = "1z141z3~c2-h.9x~lmi98xhxz~ttdgqo0";

    Cursor cursor = CursorCodec.decode(text);

    assertThat(cursor.lossToldMs()).isEqualTo(Long.parseLong("mi98xhxz", 36));
    assertThat(CursorCodec.encode(cursor)).isEqualTo(text);
    assertThatThrownBy(() -> CursorCodec.decode("1z141z3~l~ttdgqo0"))
        .isInstanceOf(InvalidCursorException.class)
        .hasMessage("the time of the loss told is not a number in base 36");
  }

  @Test
  void shouldReadATagAlone() throws Exception {
    Cursor cursor = CursorCodec.decode("abc");

    assertThat(cursor.positions()).isEmpty();
    assertThat(cursor.basisSeconds()).isEmpty();
    assertThat(CursorCodec.encode(cursor)).isEqualTo("abc");
  }

  @Test
  void shouldReadBackWhatItWrote() throws Exception {
    Random random = new Random(7);
    for (int round = 0; round < 500; round++) {
      Map<LanePartition, Long> positions = new HashMap<>();
      int count = random.nextInt(40);
      for (int i = 0; i < count; i++) {
        Lane lane = random.nextBoolean() ? Lane.USERS : Lane.CHANNELS;
        positions.put(
            new LanePartition(lane, 1 + random.nextInt(3), random.nextInt(5_000)),
            random.nextLong(1L << (1 + random.nextInt(60))));
      }
      OptionalLong basis =
          random.nextBoolean() ? OptionalLong.of(random.nextInt(2_000_000_000)) : empty();
      Cursor cursor = new Cursor("tag" + round, positions, basis);
      String text = CursorCodec.encode(cursor);

      Cursor read = CursorCodec.decode(text);

      assertThat(read.positions()).isEqualTo(cursor.positions());
      assertThat(read.basisSeconds()).isEqualTo(basis);
      assertThat(CursorCodec.encode(read)).isEqualTo(text);
      assertThat(text).matches("[A-Za-z0-9._~-]+");
    }
  }

  private static OptionalLong empty() {
    return OptionalLong.empty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                          | the cursor does not begin with a cluster tag",
        "~c1-h.9x                    | the cursor does not begin with a cluster tag",
        "Tag~c1-h.9x                 | the cursor does not begin with a cluster tag",
        "a tag~c1-h.9x               | the cursor does not begin with a cluster tag",
        "abcdefghijklmn~c1-h.9x      | the cursor does not begin with a cluster tag",
        "abc~                        | part 1 of the cursor is not"
            + " <lane><generation>-<partition>.<offset>",
        "abc~c1-h.9x~                | part 2 of the cursor is not"
            + " <lane><generation>-<partition>.<offset>",
        "abc~c1-h                    | part 1 of the cursor is not"
            + " <lane><generation>-<partition>.<offset>",
        "abc~c1-h.                   | part 1 of the cursor is not"
            + " <lane><generation>-<partition>.<offset>",
        "abc~c-h.9x                  | part 1 of the cursor is not"
            + " <lane><generation>-<partition>.<offset>",
        "abc~c1-.9x                  | part 1 of the cursor is not"
            + " <lane><generation>-<partition>.<offset>",
        "abc~c1h.9x                  | part 1 of the cursor is not"
            + " <lane><generation>-<partition>.<offset>",
        "abc~c1.h-9x                 | part 1 of the cursor is not"
            + " <lane><generation>-<partition>.<offset>",
        "abc~tff~c1-h.9x             | part 1 of the cursor is not"
            + " <lane><generation>-<partition>.<offset>",
        "abc~x1-h.9x                 | part 1 of the cursor names no lane: u or c",
        "abc~C1-h.9x                 | part 1 of the cursor names no lane: u or c",
        "abc~u1-1.1~c1_-h.9x         | the generation in part 2 is not a number in base 36",
        "abc~cA-h.9x                 | the generation in part 1 is not a number in base 36",
        "abc~czzzzz-h.9x             | the generation in part 1 is out of range",
        "abc~c1-H.9x                 | the partition in part 1 is not a number in base 36",
        "abc~c1-zzzzzzz.9x           | the partition in part 1 is out of range",
        "abc~c1-h.9X                 | the offset in part 1 is not a number in base 36",
        "abc~c1-h.-9                 | the offset in part 1 is not a number in base 36",
        "abc~c1-h.9.x                | the offset in part 1 is not a number in base 36",
        "abc~c1-h.zzzzzzzzzzzzz      | the offset in part 1 is not a number in base 36",
        "abc~c1-h.1~c1-h.2           | part 2 of the cursor repeats a partition",
        "abc~c1-h.1~c01-0h.2         | part 2 of the cursor repeats a partition",
        "abc~c1-h.1~t                | the basis time is not a number in base 36",
        "abc~c1-h.1~t-1              | the basis time is not a number in base 36",
      })
  void shouldSayWhatIsWrongWithAMalformedCursor(String text, String message) {
    assertThatThrownBy(() -> CursorCodec.decode(text))
        .isInstanceOf(InvalidCursorException.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"abc~c1-h.９", "ａbc~c1-h.9", "abc~c١-h.9", "abc\n~c1-h.9", "abc~c1-h.9\0"})
  void shouldRefuseEverythingButLowerCaseAscii(String text) {
    assertThatThrownBy(() -> CursorCodec.decode(text)).isInstanceOf(InvalidCursorException.class);
  }

  @Test
  void shouldRefuseACursorThatIsTooLong() {
    String text = "abc" + "~c1-h.1".repeat(600);

    assertThatThrownBy(() -> CursorCodec.decode(text))
        .isInstanceOf(InvalidCursorException.class)
        .hasMessage("the cursor has 4,203 characters, the limit is 4,096");
  }

  @Test
  void shouldHaveRoomForAsManyPositionsAsItPromises() throws Exception {
    Map<LanePartition, Long> positions = new HashMap<>();
    for (int i = 0; i < CursorCodec.MAX_POSITIONS; i++) {
      positions.put(new LanePartition(Lane.CHANNELS, 1_000_000, 999_000 + i), (1L << 61) - i);
    }
    Cursor cursor = new Cursor("zzzzzzz", positions, 1L << 61, OptionalLong.of(1L << 61));

    String text = CursorCodec.encode(cursor);

    assertThat(text.length()).isLessThanOrEqualTo(CursorCodec.MAX_LENGTH);
    assertThat(CursorCodec.decode(text).positions()).isEqualTo(positions);
  }

  /** Wherever it is cut: what is left may begin earlier, and leave something out, but not later. */
  @Test
  void shouldNeverPointFurtherThanBeforeWhenItIsCut() {
    Random random = new Random(11);
    for (int round = 0; round < 60; round++) {
      Cursor whole = any(random);
      String text = CursorCodec.encode(whole);
      for (int cut = 0; cut < text.length(); cut++) {
        Cursor left;
        try {
          left = CursorCodec.decode(text.substring(0, cut));
        } catch (InvalidCursorException e) {
          continue; // and it is said why
        }
        assertThat(text).startsWith(left.tag());
        assertThat(left.basisSeconds().orElse(0))
            .isLessThanOrEqualTo(whole.basisSeconds().orElse(0));
        left.positions()
            .forEach(
                (partition, position) ->
                    assertThat(position)
                        .as("%s of %s", left, text)
                        .isLessThanOrEqualTo(whole.position(partition).orElse(-1)));
      }
    }
  }

  @Test
  void shouldTakePositionsInAnyOrder() throws Exception {
    Random random = new Random(12);
    for (int round = 0; round < 200; round++) {
      Cursor cursor = any(random);
      List<String> parts = new ArrayList<>(List.of(CursorCodec.encode(cursor).split("~")));
      int end = parts.size() - (cursor.basisSeconds().isPresent() ? 1 : 0);
      Collections.shuffle(parts.subList(1, end), random);

      assertThat(CursorCodec.decode(String.join("~", parts))).hasToString(cursor.toString());
    }
  }

  /** A byte changed, put in or left out: it is a cursor, or it is said why it is none. */
  @Test
  void shouldReadOrRefuseWhateverWasChanged() {
    Random random = new Random(13);
    String bytes = "abz019~.-tucTUC \0\u00e9";
    for (int round = 0; round < 20_000; round++) {
      StringBuilder text = new StringBuilder(CursorCodec.encode(any(random)));
      for (int change = 0; change <= random.nextInt(3); change++) {
        int at = random.nextInt(text.length());
        char put = bytes.charAt(random.nextInt(bytes.length()));
        switch (random.nextInt(3)) {
          case 0 -> text.setCharAt(at, put);
          case 1 -> text.insert(at, put);
          default -> text.deleteCharAt(at);
        }
      }
      try {
        Cursor read = CursorCodec.decode(text.toString());
        assertThat(CursorCodec.encode(CursorCodec.decode(read.toString())))
            .as("%s", text)
            .isEqualTo(read.toString());
      } catch (InvalidCursorException e) {
        assertThat(e).as("%s", text).message().isNotBlank();
      }
    }
  }

  private static Cursor any(Random random) {
    Map<LanePartition, Long> positions = new HashMap<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      Lane lane = random.nextBoolean() ? Lane.USERS : Lane.CHANNELS;
      positions.put(
          new LanePartition(lane, 1 + random.nextInt(50), random.nextInt(500)),
          random.nextLong(1L << (1 + random.nextInt(60))));
    }
    OptionalLong basis =
        random.nextBoolean() ? OptionalLong.of(random.nextInt(2_000_000_000)) : empty();
    return new Cursor(Long.toString(random.nextLong(1L << 32), 36), positions, basis);
  }
}
