package dev.tailrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.entry;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  @Test
  void shouldGiveMembersAsTheyAreWritten() {
    assertThat(
            Json.members(
                " {\"a\" : 1.50, \"b\":\"x\\\"}\",\"c\":[1,{\"d\":[]}, {}],\"e\":{\"f\" : null} }"
                    + " "))
        .containsExactly(
            entry("a", "1.50"),
            entry("b", "\"x\\\"}\""),
            entry("c", "[1,{\"d\":[]}, {}]"),
            entry("e", "{\"f\" : null}"));
    assertThat(Json.members("{}")).isEmpty();
  }

  @Test
  void shouldGiveElementsAsTheyAreWritten() {
    assertThat(Json.elements("[1, \"a,b\" ,{\"x\":[2,3]},[],true]"))
        .containsExactly("1", "\"a,b\"", "{\"x\":[2,3]}", "[]", "true");
    assertThat(Json.elements("[ ]")).isEmpty();
  }

  @Test
  void shouldReadWhatItQuotes() {
    String text = "a\"b\\c\n\t\u0001/ä€😀";

    assertThat(Json.string(Json.quoted(text))).isEqualTo(text);
    assertThat(Json.string("\"\\u00e4\\/\\b\\f\\r\"")).isEqualTo("ä/\b\f\r");
    assertThat(Json.string("12")).isEqualTo("12");
  }

  @Test
  void shouldBearAnyDepth() {
    String deep = "[".repeat(100_000) + "]".repeat(100_000);

    assertThat(Json.checked(deep)).isSameAs(deep);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "{}}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{a:1}",
        "{\"a\":1 \"b\":2}",
        "{\"a\":[1,]}",
        "{\"a\":[1}",
        "{\"a\":{\"b\":1]}",
        "{\"a\":nul}",
        "{\"a\":-}",
        "{\"a\":0x1}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u12g4\"}",
        "{\"a\":\"b}",
        "{\"a\":\"line\nbreak\"}",
        "<html>",
        "[]"
      })
  void shouldRefuseWhatIsNoObject(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Json.members(text));
  }
}
