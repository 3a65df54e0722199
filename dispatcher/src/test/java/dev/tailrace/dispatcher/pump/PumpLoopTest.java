package dev.tailrace.dispatcher.pump;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.junit.jupiter.api.Test;

class PumpLoopTest {
  private static final String WORDS =
      "Timestamp 1796065240454 of message with offset 0 is out of range. The timestamp should be"
          + " within [1796065211896, 1796065222896]";

  @Test
  void shouldKnowARefusedTimeByEitherOfItsNames() {
    assertThat(PumpLoop.isOfTimestamp(new InvalidTimestampException(WORDS))).isTrue();
    assertThat(PumpLoop.isOfTimestamp(new InvalidRecordException(WORDS))).isTrue();
    assertThat(PumpLoop.isOfTimestamp(new InvalidRecordException("Record is corrupt"))).isFalse();
    assertThat(PumpLoop.isOfTimestamp(new InvalidRecordException(null))).isFalse();
  }
}
