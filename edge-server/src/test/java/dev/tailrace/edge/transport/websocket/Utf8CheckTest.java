package dev.tailrace.edge.transport.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8CheckTest {
  /** Bytes at which the rules of UTF-8 change, and some between. */
  private static final int[] BYTES = {
    0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec,
    0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xf7, 0xf8, 0xff
  };

  @Test
  void shouldAgreeWithTheDecoderOnAllThatIsInteresting() {
    for (int a : BYTES) {
      for (int b : BYTES) {
        for (int c : BYTES) {
          for (int d : BYTES) {
            expectAsTheDecoder(new byte[] {(byte) a, (byte) b, (byte) c, (byte) d});
          }
        }
      }
    }
  }

  @Test
  void shouldAgreeWithTheDecoderOnTexts() {
    Random random = new Random(3629);
    for (int i = 0; i < 2_000; i++) {
      int[] points =
          random
              .ints(1, 0x110000)
              .filter(point -> point < 0xd800 || point > 0xdfff)
              .limit(20)
              .toArray();
      byte[] text = new String(points, 0, points.length).getBytes(StandardCharsets.UTF_8);
      expectAsTheDecoder(text);
      text[random.nextInt(text.length)] = (byte) random.nextInt();
      expectAsTheDecoder(text);
    }
  }

  /** What it takes a byte at a time is what it takes at once, and a text where that is one. */
  private static void expectAsTheDecoder(byte[] text) {
    Utf8Check check = new Utf8Check();
    check.begin();
    int taken = 0;
    while (taken < text.length && check.accepts(ByteBuffer.wrap(text, taken, 1))) {
      taken++;
    }
    ByteBuffer in = ByteBuffer.wrap(text);
    CoderResult result =
        StandardCharsets.UTF_8.newDecoder().decode(in, CharBuffer.allocate(text.length), false);
    boolean whole = !result.isError() && !in.hasRemaining();

    assertThat(taken == text.length && check.isAtEnd()).as(Arrays.toString(text)).isEqualTo(whole);
    if (result.isError()) {
      assertThat(taken).as("taken of %s", Arrays.toString(text)).isLessThan(text.length);
    }
    Utf8Check atOnce = new Utf8Check();
    atOnce.begin();
    assertThat(atOnce.accepts(ByteBuffer.wrap(text))).isEqualTo(taken == text.length);
  }
}
