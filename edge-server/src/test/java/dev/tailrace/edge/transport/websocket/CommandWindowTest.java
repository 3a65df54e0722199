package dev.tailrace.edge.transport.websocket;

import static dev.tailrace.edge.transport.websocket.CommandWindow.MAX_OUTSTANDING;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CommandWindowTest {
  private final AtomicInteger asked = new AtomicInteger();
  private final CommandWindow window = new CommandWindow(asked::incrementAndGet);

  @Test
  void shouldGoOnWhileThereIsRoom() {
    for (int i = 0; i < 3 * MAX_OUTSTANDING; i++) {
      window.begin();
      assertThat(window.mayGoOn()).isTrue();
      window.end();
    }

    assertThat(asked).as("asked to go on, who never stopped").hasValue(0);
  }

  @Test
  void shouldStopWhenAllAreOutstandingAndGoOnWithTheFirstThatEnds() {
    for (int i = 0; i < MAX_OUTSTANDING; i++) {
      assertThat(window.mayGoOn()).isTrue();
      window.begin();
    }
    assertThat(window.mayGoOn()).isFalse();
    assertThat(asked).hasValue(0);

    window.end();
    assertThat(asked).hasValue(1);
    assertThat(window.mayGoOn()).isTrue();
    window.end();
    assertThat(asked).as("asked once for each stop").hasValue(1);
  }

  @Test
  void shouldGoOnWhateverIsOutstandingOnceItIsOpened() {
    for (int i = 0; i < MAX_OUTSTANDING; i++) {
      window.begin();
    }
    assertThat(window.mayGoOn()).isFalse();

    window.open();
    assertThat(asked).hasValue(1);
    assertThat(window.mayGoOn()).isTrue();
    window.end();
    assertThat(asked).hasValue(1);
  }

  @Test
  void shouldWaitUntilThereIsRoomAfterMoreThanTheWindow() {
    for (int i = 0; i < MAX_OUTSTANDING + 5; i++) {
      window.begin();
    }
    assertThat(window.mayGoOn()).isFalse();
    for (int i = 0; i < 5; i++) {
      window.end();
    }
    assertThat(asked).hasValue(0);

    window.end();
    assertThat(asked).hasValue(1);
  }
}
