package dev.tailrace.testing.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JsonPatternTest {
  private final Bindings bindings = new Bindings();

  @Test
  void shouldTakeMembersInAnyOrder() {
    assertThat(mismatch("{\"a\":1,\"b\":[{\"c\":true}]}", "{\"b\":[{\"c\":true}],\"a\":1}"))
        .isNull();
  }

  @Test
  void shouldNameWhatDiffers() {
    assertThat(mismatch("{\"a\":{\"b\":1}}", "{\"a\":{\"b\":2}}")).contains("/a/b", "1", "2");
    assertThat(mismatch("{\"a\":1,\"b\":2}", "{\"a\":1}")).contains("/b is missing");
    assertThat(mismatch("{\"a\":1}", "{\"a\":1,\"z\":2}")).contains("[z]");
    assertThat(mismatch("[1,2]", "[1]")).isNotNull();
    assertThat(mismatch("{\"a\":\"1\"}", "{\"a\":1}")).isNotNull();
    assertThat(mismatch("{}", "no JSON")).isNotNull();
  }

  @Test
  void shouldTakeOtherMembersWhereTheyMayBe() {
    assertThat(mismatch("{\"a\":1,\"…\":\"…\"}", "{\"a\":1,\"z\":2}")).isNull();
    assertThat(mismatch("{\"a\":1,\"…\":\"…\"}", "{\"z\":2}")).isNotNull();
  }

  @Test
  void shouldDoWithoutMembersThatMayBeLeftOut() {
    assertThat(mismatch("{\"a?\":1}", "{}")).isNull();
    assertThat(mismatch("{\"a?\":1}", "{\"a\":1}")).isNull();
    assertThat(mismatch("{\"a?\":1}", "{\"a\":2}")).isNotNull();
  }

  @Test
  void shouldHoldAValueAgainstTheFirstOfItsName() {
    assertThat(mismatch("{\"ref\":\"{number:r}\"}", "{\"ref\":7}")).isNull();

    assertThat(mismatch("{\"ref\":\"{number:r}\"}", "{\"ref\":8}")).contains("7", "8");
    assertThat(mismatch("{\"ref\":\"{number:r}\"}", "{\"ref\":\"7\"}")).isNotNull();
    assertThat(JsonPattern.of("{\"ref\":\"{number:r}\"}").fill(bindings).toString())
        .isEqualTo("{\"ref\":7}");
  }

  @Test
  void shouldBindNothingWhenItDiffers() {
    assertThat(mismatch("{\"a\":\"{id:i}\",\"b\":1}", "{\"a\":\"x\",\"b\":2}")).isNotNull();

    assertThat(mismatch("{\"a\":\"{id:i}\"}", "{\"a\":\"y\"}")).isNull();
  }

  @Test
  void shouldSendExamples() {
    assertThat(
            JsonPattern.of("{\"a\":[\"{number=5}\"],\"b?\":1,\"c\":\"x {id:i=y}\",\"…\":\"…\"}")
                .fill(bindings)
                .toString())
        .isEqualTo("{\"a\":[5],\"b\":1,\"c\":\"x y\"}");
    assertThat(bindings.get(ValueKind.ID, "i")).isEqualTo("y");
  }

  @Test
  void shouldRefuseWhatIsNoPattern() {
    assertThatThrownBy(() -> JsonPattern.of("{")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> JsonPattern.of("{\"a\":\"{moon}\"}")).hasMessageContaining("moon");
    assertThatThrownBy(() -> JsonPattern.of("{\"a\":\"{number=x}\"}")).hasMessageContaining("x is");
  }

  private @Nullable String mismatch(String pattern, String actual) {
    return JsonPattern.of(pattern).mismatch(actual, bindings);
  }
}
