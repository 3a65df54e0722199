package dev.tailrace.edge.cursor;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/** Whatever comes as a cursor is one, or is refused in few words. */
class CursorFuzz {
  private static final int LONGEST_REFUSAL = 200;

  @FuzzTest(maxDuration = "2m")
  void shouldReadACursorOrSayWhatIsWrong(byte[] input) {
    Cursor cursor;
    try {
      cursor = CursorCodec.decode(new String(input, StandardCharsets.UTF_8));
    } catch (InvalidCursorException e) {
      assertThat(e.getMessage()).hasSizeLessThan(LONGEST_REFUSAL).matches("[ -~]+");
      return;
    }
    String text = CursorCodec.encode(cursor);
    assertThat(text).hasSizeLessThanOrEqualTo(CursorCodec.MAX_LENGTH);
    Cursor again = decoded(text);
    assertThat(again.tag()).isEqualTo(cursor.tag());
    assertThat(again.positions()).isEqualTo(cursor.positions());
    assertThat(again.lossToldMs()).isEqualTo(cursor.lossToldMs());
    assertThat(again.basisSeconds()).isEqualTo(cursor.basisSeconds());
    assertThat(CursorCodec.encode(again)).isEqualTo(text);
  }

  private static Cursor decoded(String text) {
    try {
      return CursorCodec.decode(text);
    } catch (InvalidCursorException e) {
      throw new AssertionError("what was written cannot be read: " + text, e);
    }
  }
}
