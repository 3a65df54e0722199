package dev.tailrace.edge.transport.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.io.ByteArrayEndPoint;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FrameWriterTest {
  private static final int ROOM = 8;
  private static final int STALL_MS = 60_000;

  private final ScheduledExecutorScheduler scheduler = new ScheduledExecutorScheduler();
  private final ByteArrayEndPoint endPoint = new ByteArrayEndPoint(scheduler, 0, new byte[0], ROOM);
  private final FrameWriter writer = new FrameWriter(endPoint, STALL_MS);
  private final List<String> told = new ArrayList<>();

  @BeforeEach
  void open() throws Exception {
    scheduler.start();
    endPoint.onOpen();
  }

  @AfterEach
  void close() throws Exception {
    scheduler.stop();
  }

  @Test
  void shouldLetNothingInBetweenTheBytesOfAWrite() {
    writer.write(bytes("a turn of many bytes"), tell("turn"));
    writer.write(bytes("pong"), tell("pong"));
    writer.write(bytes("close"), tell("close"));
    assertThat(told).as("while the client has not taken the turn").isEmpty();
    assertThat(writer.isWriting()).isTrue();

    StringBuilder taken = new StringBuilder();
    while (writer.isWriting()) {
      taken.append(take());
    }
    taken.append(take());

    assertThat(taken).hasToString("a turn of many bytespongclose");
    assertThat(told).containsExactly("turn", "pong", "close");
  }

  @Test
  void shouldHaveATimerOnlyWhileTheClientDoesNotTakeWhatIsWritten() {
    writer.write(bytes("short"), tell("short"));
    assertThat(endPoint.getIdleTimeout()).isZero();

    writer.write(bytes("too long for the room"), tell("long"));
    assertThat(endPoint.getIdleTimeout()).isEqualTo(STALL_MS);

    while (writer.isWriting()) {
      take();
    }
    assertThat(endPoint.getIdleTimeout()).isZero();
    assertThat(told).containsExactly("short", "long");
  }

  @Test
  void shouldTakeNothingAfterTheLast() {
    writer.write(bytes("a turn of many bytes"), tell("turn"));
    writer.writeLast(bytes("close"), tell("close"));
    writer.write(bytes("pong"), tell("pong"));
    writer.writeLast(bytes("close"), tell("another close"));
    assertThat(told).containsExactly("pong failed", "another close failed");

    StringBuilder taken = new StringBuilder();
    while (writer.isWriting()) {
      taken.append(take());
    }
    taken.append(take());

    assertThat(taken).hasToString("a turn of many bytesclose");
    assertThat(told).containsExactly("pong failed", "another close failed", "turn", "close");
  }

  @Test
  void shouldTellEverybodyOnceThatTheConnectionIsGone() {
    writer.write(bytes("a turn of many bytes"), tell("turn"));
    writer.write(bytes("pong"), tell("pong"));

    endPoint.close(new IOException("gone"));
    writer.write(bytes("too late"), tell("too late"));

    assertThat(told).containsExactly("turn failed", "pong failed", "too late failed");
    assertThat(writer.isWriting()).isFalse();
    assertThat(endPoint.getIdleTimeout()).isZero();
  }

  /** What the client reads: then there is room again. */
  private String take() {
    return endPoint.takeOutputString(StandardCharsets.US_ASCII);
  }

  private Callback tell(String what) {
    return Callback.from(() -> told.add(what), failure -> told.add(what + " failed"));
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }
}
