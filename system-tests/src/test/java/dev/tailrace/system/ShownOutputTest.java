package dev.tailrace.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ShownOutputTest {
  @Test
  void shouldTellKindsApartAndNotValues() {
    assertThat(ShownOutput.kindOf("id: qoy8x8~c1-0.0~c1-2.1h")).isEqualTo("id: <cursor>");
    assertThat(ShownOutput.kindOf("{\"minute\":7}"))
        .isEqualTo(ShownOutput.kindOf("{\"minute\":52}"));
    assertThat(ShownOutput.kindOf("{\"status\":404}"))
        .isNotEqualTo(ShownOutput.kindOf("{\"status\":400}"));
    assertThat(ShownOutput.kindOf("{\"gaps\":[]}"))
        .isNotEqualTo(ShownOutput.kindOf("{\"gaps\":[1]}"));
  }

  @Test
  void shouldWantShownLinesInTheirOrder() {
    ShownOutput output = new ShownOutput(List.of("event: minute", "id: a~c1-2.1"));

    assertThat(output.add("id: a~c1-2.1")).isFalse();
    assertThat(output.add("event: minute")).isFalse();
    assertThat(output.missing()).contains("line 2");
    assertThat(output.add("event: goal")).isFalse();
    assertThat(output.add("id: b~u1-0.0~c1-2.2")).isTrue();
  }
}
