package dev.tailrace.testing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PositionsTest {
  private final Positions positions = new Positions();

  @Test
  void shouldBeEmptyUntilSomethingIsTold() {
    assertThat(positions.cursor()).isEmpty();

    positions.reset("d~u1-4.q~c1-0.0~ttozrkr");

    assertThat(positions.cursor()).isEqualTo("d~c1-0.0~u1-4.q~ttozrkr");
  }

  @Test
  void shouldMoveWithAnEventOnItsPartitionAlone() {
    positions.reset("d~u1-4.q~c1-0.0~ttozrkr");

    positions.move("d~u1-4.z");

    assertThat(positions.cursor()).isEqualTo("d~c1-0.0~u1-4.z~ttozrkr");
  }

  @Test
  void shouldRiseWithAHeartbeatWhereItHasAPositionAndIsBehind() {
    positions.reset("d~u1-4.q~c1-0.5~ttozrkr");

    positions.raise("d~u1-4.11~c1-0.4~c1-2.7~ttozrkz");

    assertThat(positions.cursor()).isEqualTo("d~c1-0.5~u1-4.11~ttozrkz");
  }

  @Test
  void shouldCountInAnotherLogOnlyOnceSomethingOfItsOwnDoes() {
    positions.reset("d~u1-4.q~ttozrkr");

    positions.raise("e~u1-4.zz~ttozrks");
    assertThat(positions.cursor()).isEqualTo("d~u1-4.q~ttozrkr");

    positions.move("e~u1-3.7");
    assertThat(positions.cursor()).isEqualTo("e~u1-3.7");
  }
}
