package dev.tailrace.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TerminalTest {
  @Test
  void shouldDrawOverWhatWasThereAndClearNothingBefore() {
    String frame =
        Terminal.frame(
            List.of(
                new ScreenLine("head", ScreenLine.Style.BOLD),
                new ScreenLine("line", ScreenLine.Style.PLAIN)));

    assertThat(frame).isEqualTo("\u001b[H\u001b[1mhead\u001b[0m\u001b[K\r\nline\u001b[K\u001b[J");
  }

  @Test
  void shouldReadTheSizeAndTakeTheUsualOneWhereThereIsNone() {
    assertThat(Terminal.size("50 132\n")).isEqualTo(new Terminal.Size(132, 50));
    assertThat(Terminal.size("0 132")).isEqualTo(new Terminal.Size(80, 24));
    assertThat(Terminal.size("50 0")).isEqualTo(new Terminal.Size(80, 24));
    assertThat(Terminal.size("")).isEqualTo(new Terminal.Size(80, 24));
  }

  @Test
  void shouldEndAtTheKeyAndWhenThereAreNoMore() {
    AtomicInteger quits = new AtomicInteger();

    ByteArrayInputStream keys = in("xyqz");
    Terminal.readKeys(keys, quits::incrementAndGet);
    Terminal.readKeys(in("x"), quits::incrementAndGet);

    assertThat(quits).hasValue(2);
    assertThat(keys.read()).isEqualTo('z');
  }

  private static ByteArrayInputStream in(String keys) {
    return new ByteArrayInputStream(keys.getBytes(StandardCharsets.US_ASCII));
  }
}
