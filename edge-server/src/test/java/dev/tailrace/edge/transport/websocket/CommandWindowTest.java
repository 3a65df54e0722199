package dev.tailrace.edge.transport.websocket;

import static dev.tailrace.edge.transport.websocket.CommandWindow.MAX_OUTSTANDING;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CommandWindowTest {
  private final AtomicInteger demands = new AtomicInteger();
  private final CommandWindow window = new CommandWindow(demands::incrementAndGet);

  @Test
  void shouldAskForTheNextFrameWhileThereIsRoom() {
    for (int i = 0; i < 3 * MAX_OUTSTANDING; i++) {
      window.begin();
      window.demandNext();
      window.end();
    }

    assertThat(demands).hasValue(3 * MAX_OUTSTANDING);
  }

  @Test
  void shouldStopAskingWhenAllAreOutstandingAndGoOnWithTheFirstThatEnds() {
    for (int i = 0; i < MAX_OUTSTANDING; i++) {
      window.begin();
      window.demandNext();
    }
    assertThat(demands).hasValue(MAX_OUTSTANDING - 1);

    window.end();
    assertThat(demands).hasValue(MAX_OUTSTANDING);
    window.end();
    assertThat(demands).as("one frame at a time").hasValue(MAX_OUTSTANDING);
  }

  @Test
  void shouldWaitUntilThereIsRoomAfterMoreThanTheWindow() {
    for (int i = 0; i < MAX_OUTSTANDING + 5; i++) {
      window.begin();
    }
    window.demandNext();
    for (int i = 0; i < 5; i++) {
      window.end();
    }
    assertThat(demands).hasValue(0);

    window.end();
    assertThat(demands).hasValue(1);
  }
}
