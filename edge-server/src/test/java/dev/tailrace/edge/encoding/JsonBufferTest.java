package dev.tailrace.edge.encoding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.lane.FieldBytes;
import dev.tailrace.edge.lane.Fields;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class JsonBufferTest {
  private final JsonBuffer buffer = new JsonBuffer(0);

  @Test
  void shouldEscapeWhatAStringMayNotHold() {
    buffer.string("\"\\\b\t\n\f\r\u0000\u001f\u007f/é€😀");

    assertThat(text()).isEqualTo("\"\\\"\\\\\\b\\t\\n\\f\\r\\u0000\\u001F\u007f/é€😀\"");
  }

  @Test
  void shouldBeReadAsTheStringItWasGiven() {
    Random random = new Random(7);
    for (int i = 0; i < 2_000; i++) {
      StringBuilder string = new StringBuilder();
      for (int length = random.nextInt(40); length > 0; length--) {
        int bound = random.nextBoolean() ? 0x80 : 0x11_0000;
        int codePoint = random.nextInt(bound);
        string.appendCodePoint(codePoint >> 11 == 0x1b ? '?' : codePoint); // half a pair
      }
      JsonBuffer one = new JsonBuffer(random.nextInt(3));
      one.string(string.toString());

      assertThat(JsonMapper.shared().readTree(one.toByteArray()).stringValue())
          .isEqualTo(string.toString());
    }
  }

  @Test
  void shouldGrowWithALongStringOfEscapes() {
    String escapes = "\u0001".repeat(100_000);

    buffer.string(escapes);
    buffer.raw('x');

    assertThat(text()).isEqualTo('"' + "\\u0001".repeat(100_000) + "\"x");
    assertThat(buffer.length()).isEqualTo(600_003);
    assertThat(buffer.array()).startsWith('"', '\\');
  }

  @Test
  void shouldPutJsonOnOneLine() {
    buffer.json(FieldBytes.of("{\r\n\t\"a\" :\n1}".getBytes(StandardCharsets.UTF_8)));
    buffer.raw("\n".getBytes(StandardCharsets.UTF_8));

    assertThat(text()).isEqualTo("{  \t\"a\" : 1}\n");
  }

  @Test
  void shouldBeginAnewAndKeepNothingLarge() {
    buffer.string("x".repeat(1 << 20));

    buffer.clear();
    buffer.string("y");

    assertThat(text()).isEqualTo("\"y\"");
    assertThat(buffer.array()).hasSizeLessThanOrEqualTo(64 << 10);
  }

  @Test
  void shouldMakeRoomForAFieldWhereverItLies() {
    String escapes = "\u0001".repeat(1_000);

    buffer.string(Fields.within("x".repeat(50_000), escapes));

    assertThat(text()).isEqualTo('"' + "\\u0001".repeat(1_000) + '"');
  }

  private String text() {
    return new String(buffer.toByteArray(), StandardCharsets.UTF_8);
  }
}
