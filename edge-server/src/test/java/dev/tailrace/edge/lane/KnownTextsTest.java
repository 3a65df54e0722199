package dev.tailrace.edge.lane;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class KnownTextsTest {
  private final KnownTexts texts = new KnownTexts();

  private static FieldBytes bytes(String text) {
    FieldBytes field = new FieldBytes();
    byte[] around = ("<" + text + ">").getBytes(StandardCharsets.UTF_8);
    field.set(around, 1, around.length - 2);
    return field;
  }

  @Test
  void shouldGiveTheSameTextForTheSameBytes() {
    assertThat(texts.text(bytes("ann"))).isEqualTo("ann").isSameAs(texts.text(bytes("ann")));
    assertThat(texts.alone(bytes("ann")))
        .isEqualTo(List.of("ann"))
        .isSameAs(texts.alone(bytes("ann")));
    assertThat(texts.text(bytes("ünïcödé"))).isEqualTo("ünïcödé");
    assertThat(texts.text(bytes(""))).isEmpty();
  }

  @Test
  void shouldTellTextsOfOnePlaceApart() {
    // "Aa" and "BB" have the same hash, and so have all texts put together from them.
    assertThat(texts.text(bytes("AaAa"))).isEqualTo("AaAa");
    assertThat(texts.text(bytes("BBBB"))).isEqualTo("BBBB");
    assertThat(texts.text(bytes("AaBB"))).isEqualTo("AaBB");
    assertThat(texts.text(bytes("AaAa"))).isEqualTo("AaAa");
  }

  @Test
  void shouldTellManyMoreThanItKeepsApart() {
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 3 * KnownTexts.PLACES; i++) {
        assertThat(texts.text(bytes("user-" + i))).isEqualTo("user-" + i);
      }
    }
  }

  @Test
  void shouldNotKeepWhatIsLong() {
    String longest = "u".repeat(KnownTexts.MAX_BYTES);

    assertThat(texts.text(bytes(longest))).isSameAs(texts.text(bytes(longest)));
    assertThat(texts.text(bytes(longest + "u")))
        .isEqualTo(longest + "u")
        .isNotSameAs(texts.text(bytes(longest + "u")));
  }
}
