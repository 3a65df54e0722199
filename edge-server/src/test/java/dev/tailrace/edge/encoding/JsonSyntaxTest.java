package dev.tailrace.edge.encoding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.lane.FieldBytes;
import dev.tailrace.edge.lane.Fields;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

class JsonSyntaxTest {
  private static final String[] VALUES = {
    "{\"a\":1,\"b\":[true,false,null],\"c\":{\"d\":\"x\\n\\u00e9\\\\\"}}",
    "[1,-2,3.5,4e5,5E-6,-0,0.0,1e+9,[],{},[[]]]",
    " { \"k\" : \"v\" ,\n\t\"l\" : [ 1 , 2 ] }\r\n",
    "\"a \\\" b \\/ \\b\\f\\n\\r\\t \\uABCD é 😀\"",
    "-12.5e-3",
    "true"
  };
  private static final String ALPHABET = "{}[]\",:\\ \t\n01.9eE+-tfnulrsabu/x\u0001\u001f\u007fé😀";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-0",
        "10",
        "1.0",
        "1e5",
        "1E+5",
        "1e-05",
        "-1.25e10",
        "true",
        "false",
        "null",
        "\"\"",
        "\"\\u00fF\"",
        "\"\\ud800\"",
        "\"\u007f\"",
        "{}",
        "[]",
        "[[],{}]",
        " \t\r\n1\t ",
        "{\"\":{}}",
        "{\"a\":1,\"a\":2}"
      })
  void shouldTakeOneValue(String json) {
    assertThat(isValue(json)).isTrue();
    assertThat(isValueToTheLibrary(json)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "-",
        "+1",
        "01",
        "-01",
        "1.",
        ".5",
        "1e",
        "1e+",
        "1.e5",
        "0x1",
        "1 2",
        "1,",
        "tru",
        "truex",
        "True",
        "nul",
        "\"",
        "\"\\\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u123",
        "\"\\u12g4\"",
        "\"\\",
        "\"\t\"",
        "\"\u0000\"",
        "[",
        "]",
        "[1",
        "[1,",
        "[,1]",
        "[1,]",
        "[1 2]",
        "[1:2]",
        "{",
        "}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{,}",
        "{a:1}",
        "{1:1}",
        "{\"a\" 1}",
        "{\"a\":1 \"b\":2}",
        "{\"a\":1]",
        "[1}",
        "{\"a\":1}}",
        "\u00a01",
        "\u000b1",
        "'a'",
        "/**/1",
        "NaN",
        "\uFEFF1"
      })
  void shouldTakeNothingElse(String json) {
    assertThat(isValue(json)).isFalse();
    assertThat(isValueToTheLibrary(json)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"[ ]", "{\"a\": }", "[{\"a\": }]"})
  void shouldTakeNoMoreNestingThanReadersOfTheMessageDo(String around) {
    String open = around.substring(0, around.indexOf(' '));
    String close = around.substring(around.indexOf(' ') + 1);
    int times = JsonSyntax.MAX_DEPTH / close.length();
    String deepest = open.repeat(times) + "1" + close.repeat(times);

    assertThat(isValue(deepest)).isTrue();
    assertThat(isValueToTheLibrary(inMessage(deepest))).isTrue();
    assertThat(isValue("[" + deepest + "]")).isFalse();
    assertThat(isValueToTheLibrary(inMessage("[" + deepest + "]"))).isFalse();
  }

  @Test
  void shouldTakeNoLongerNumbersAndNamesThanReadersDo() {
    String number = "9".repeat(JsonSyntax.MAX_NUMBER);
    String name = "k".repeat(JsonSyntax.MAX_NAME - 2);

    assertThat(isValue(number)).isTrue();
    assertThat(isValueToTheLibrary("[" + number + "]")).isTrue();
    assertThat(isValue("9" + number)).isFalse();
    assertThat(isValueToTheLibrary("[9" + number + "]")).isFalse();
    assertThat(isValue("{\"" + name + "\":1}")).isTrue();
    assertThat(isValueToTheLibrary("{\"" + name + "\":1}")).isTrue();
    assertThat(isValue("{\"k" + name + "\":1}")).isFalse();
    assertThat(isValueToTheLibrary("{\"kkk" + name + "\":1}")).isFalse();
  }

  @Test
  void shouldNotFollowNestingWithoutEnd() {
    assertThat(isValue("[".repeat(1 << 20))).isFalse();
  }

  private static String inMessage(String data) {
    return "{\"event\":{\"data\":" + data + "}}";
  }

  /** Values cut, spliced and changed at random; the library is the judge. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void shouldAgreeWithTheLibrary(long seed) {
    Random random = new Random(seed);
    int taken = 0;
    for (int i = 0; i < 20_000; i++) {
      String json = changed(random);
      boolean expected = isValueToTheLibrary(json);
      taken += expected ? 1 : 0;

      assertThat(isValue(json)).as(json).isEqualTo(expected);
    }
    assertThat(taken).isBetween(1_000, 19_000);
  }

  private static String changed(Random random) {
    StringBuilder json = new StringBuilder(VALUES[random.nextInt(VALUES.length)]);
    for (int changes = random.nextInt(3); changes >= 0; changes--) {
      int at = random.nextInt(json.length() + 1);
      int until = Math.min(json.length(), at + random.nextInt(4));
      int kind = random.nextInt(3);
      if (kind == 0) {
        json.delete(at, until);
      } else if (kind == 1) {
        json.insert(at, ALPHABET.charAt(random.nextInt(ALPHABET.length())));
      } else {
        json.insert(at, VALUES[random.nextInt(VALUES.length)]);
      }
    }
    // Half a surrogate pair is no UTF-8, which is looked at elsewhere.
    return new String(json.toString().getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  /** Whatever lies beside it in the same array. */
  private static boolean isValue(String json) {
    boolean alone = JsonSyntax.isValue(FieldBytes.of(json.getBytes(StandardCharsets.UTF_8)));
    for (String beside : new String[] {"2", "\"", "}", ":", ".", " "}) {
      assertThat(JsonSyntax.isValue(Fields.within(beside, json))).isEqualTo(alone);
    }
    return alone;
  }

  private static boolean isValueToTheLibrary(String json) {
    try (JsonParser parser = JsonMapper.shared().createParser(json)) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        return false;
      }
      parser.skipChildren();
      if (first.isScalarValue()) {
        parser.finishToken();
      }
      return parser.nextToken() == null;
    } catch (JacksonException e) {
      return false;
    }
  }
}
