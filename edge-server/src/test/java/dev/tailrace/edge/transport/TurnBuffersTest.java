package dev.tailrace.edge.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TurnBuffersTest {
  private final TurnBuffers buffers = new TurnBuffers(100_000);

  @Test
  void shouldHoldWhatWasPutThroughEveryGrowth() {
    TurnBuffer turn = buffers.acquire(10);
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < 3_000; i++) {
      turn.put(("event " + i).getBytes(StandardCharsets.US_ASCII));
      turn.putAscii("|" + i + "|");
      expected.append("event ").append(i).append('|').append(i).append('|');
    }
    turn.put("..end".getBytes(StandardCharsets.US_ASCII), 2);

    assertThat(turn.length()).isEqualTo(expected.length() + 3);
    assertThat(StandardCharsets.US_ASCII.decode(turn.toWrite()).toString())
        .isEqualTo(expected + "end");
    turn.release();
    assertThat(buffers.bytesInUse()).isZero();
  }

  @Test
  void shouldGiveABufferToTheNextOnlyWhenItIsReallyWritten() {
    TurnBuffer written = buffers.acquire(100);
    ByteBuffer bytes = written.toWrite();
    written.release();
    TurnBuffer failed = buffers.acquire(100);
    assertThat(failed.toWrite()).as("used again").isSameAs(bytes);

    failed.abandon();

    assertThat(buffers.bytesInUse()).isZero();
    List<ByteBuffer> later = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      later.add(buffers.acquire(100).toWrite());
    }
    assertThat(later).allSatisfy(buffer -> assertThat(buffer).isNotSameAs(bytes));
  }

  @Test
  void shouldMakeTurnsSmallWhileTooMuchIsInUse() {
    int usual = buffers.turnBytes();
    List<TurnBuffer> stalled = new ArrayList<>();
    while (buffers.bytesInUse() < 100_000) {
      stalled.add(buffers.acquire(usual));
    }

    assertThat(buffers.turnBytes()).isLessThan(usual / 10);
    stalled.forEach(TurnBuffer::release);
    assertThat(buffers.turnBytes()).isEqualTo(usual);
  }
}
