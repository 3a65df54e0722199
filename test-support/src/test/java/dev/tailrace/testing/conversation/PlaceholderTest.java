package dev.tailrace.testing.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PlaceholderTest {
  private final Bindings bindings = new Bindings();

  @Test
  void shouldTakeOnlyTheCursorThatItIsBoundTo() {
    assertThat(takes("{cursor:a=t0~c1-2.18~tzz}", "q1~c1-3.7~tyy")).isTrue();

    assertThat(takes("{cursor:a}", "q1~c1-3.7~tyy")).isTrue();
    assertThat(takes("{cursor:a}", "q1~c1-3.8~tyy")).isFalse();
    assertThat(takes("{cursor:a}", "q1~c1-3.7")).isFalse();
  }

  @Test
  void shouldHoldACursorAgainstTheLanesAndTheTimeOfItsExample() {
    assertThat(takes("{cursor=t0~u1-1.1~c1-2.18~tzz}", "q1~c1-2.18~tzz")).isFalse();
    assertThat(takes("{cursor=t0~c1-2.18~tzz}", "q1~c1-2.18")).isFalse();
    assertThat(takes("{cursor=t0~c1-2.18}", "q1~c1-2.18~tzz")).isFalse();
    assertThat(takes("{cursor=t0~c1-2.18}", "yesterday~half-past")).isFalse();
  }

  @Test
  void shouldMoveACursorByAnother() {
    bindings.bind(ValueKind.CURSOR, "w", "q1~u1-1.4~c1-0.0~tzz");
    bindings.bind(ValueKind.CURSOR, "p", "q1~u1-1.5");

    assertThat(TextPattern.of("{cursor:w+p}").fill(bindings)).isEqualTo("q1~u1-1.5~c1-0.0~tzz");
    assertThat(takes("{cursor:w+p}", "q1~c1-0.0~u1-1.5~tzz")).isTrue();
    assertThat(takes("{cursor:w+p}", "q1~c1-0.0~u1-1.5")).isTrue();
    assertThat(takes("{cursor:w+p}", "q1~c1-0.0~u1-1.5~tzy")).isTrue();
    assertThat(takes("{cursor:w+p}", "q1~c1-0.0~u1-1.5~t100")).isFalse();
    assertThat(takes("{cursor:w+p}", "q1~c1-0.0~u1-1.4~tzz")).isFalse();
    assertThat(takes("{cursor:w+p}", "q1~u1-1.5~tzz")).isFalse();
    assertThat(takes("{cursor:w+p}", "q2~c1-0.0~u1-1.5~tzz")).isFalse();
  }

  @Test
  void shouldRaiseACursorByAnother() {
    bindings.bind(ValueKind.CURSOR, "w", "q1~u1-1.4~c1-0.z~tzz");
    bindings.bind(ValueKind.CURSOR, "h", "q1~u1-1.3~c1-0.10~c1-2.5~t100");

    assertThat(TextPattern.of("{cursor:w|h}").fill(bindings)).isEqualTo("q1~u1-1.4~c1-0.10~t100");
    assertThat(takes("{cursor:w|h}", "q1~u1-1.4~c1-0.10~tzz")).isTrue();
    assertThat(takes("{cursor:w|h}", "q1~u1-1.4~c1-0.z~tzz")).isFalse();
    assertThat(takes("{cursor:w|h}", "q1~u1-1.4~c1-0.10~c1-2.5~t100")).isFalse();
    bindings.bind(ValueKind.CURSOR, "e", "q1~c1-0.12");
    assertThat(TextPattern.of("{cursor:w|h+e}").fill(bindings)).isEqualTo("q1~u1-1.4~c1-0.12~t100");
  }

  @Test
  void shouldTakeTheTextAroundIt() {
    assertThat(takes("Bearer {token:t}", "Bearer a.b.c")).isTrue();
    assertThat(takes("Bearer {token:t}", "Bearer a.b.d")).isFalse();
    assertThat(takes("Bearer {token:u}", "bearer a.b.c")).isFalse();
    assertThat(takes("in {number=3} s", "in 4 s")).isTrue();
    assertThat(takes("in {number=3} s", "in 4 m")).isFalse();
  }

  @Test
  void shouldSayWhatIsMissing() {
    assertThatThrownBy(() -> TextPattern.of("{cursor:a}").fill(bindings))
        .hasMessageContaining("{cursor:a}");
    assertThatThrownBy(() -> TextPattern.of("{cursor:a+b}").fill(bindings))
        .hasMessageContaining("{cursor:a}");
    assertThatThrownBy(() -> TextPattern.of("{id:a+b}")).hasMessageContaining("cursor");
  }

  private boolean takes(String pattern, String text) {
    return TextPattern.of(pattern).takes(text, bindings);
  }
}
