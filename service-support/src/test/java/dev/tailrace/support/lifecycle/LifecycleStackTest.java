package dev.tailrace.support.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LifecycleStackTest {
  private final LifecycleStack stack = new LifecycleStack();
  private final List<String> stopped = new ArrayList<>();

  @Test
  void shouldStopTheLastStartedFirstWhateverFails() {
    stack.push("first", () -> stopped.add("first"));
    stack.push(
        "second",
        () -> {
          throw new IOException("it does not stop");
        });
    stack.push("third", () -> stopped.add("third"));

    stack.close();
    stack.close();

    assertThat(stopped).containsExactly("third", "first");
  }

  /** Whoever starts it may not have heard of the stop. */
  @Test
  void shouldStopWhatIsStartedAfterTheStop() {
    stack.close();

    assertThatThrownBy(() -> stack.push("late", () -> stopped.add("late")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("late was started after the stop");

    assertThat(stopped).containsExactly("late");
  }
}
