package dev.tailrace.edge.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritePendingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.io.ByteArrayEndPoint;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.Scheduler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ConnectionWriterTest {
  private static final int ROOM = 8;
  private static final Duration STALL = Duration.ofMinutes(1);

  private final ManualScheduler scheduler = new ManualScheduler();
  private final ByteArrayEndPoint endPoint = new ByteArrayEndPoint(scheduler, 0, new byte[0], ROOM);
  private final ConnectionWriter writer = new ConnectionWriter(endPoint, scheduler, STALL);
  private final List<String> told = new ArrayList<>();

  @Test
  void shouldLetNothingInBetweenTheBytesOfAWrite() {
    writer.write(tell("turn"), bytes("a turn "), bytes("of many bytes"));
    writer.write(tell("pong"), bytes("pong"));
    writer.write(tell("close"), bytes("close"));
    assertThat(told).as("while the client has not taken the turn").isEmpty();

    assertThat(takeUntilTold(3)).isEqualTo("a turn of many bytespongclose");
    assertThat(told).containsExactly("turn", "pong", "close");
  }

  @Test
  void shouldTakeNothingAfterTheLast() {
    writer.write(tell("turn"), bytes("a turn of many bytes"));
    writer.writeLast(tell("close"), bytes("close"));
    writer.write(tell("pong"), bytes("pong"));
    writer.writeLast(tell("another close"), bytes("close"));
    assertThat(told).containsExactly("pong failed", "another close failed");

    assertThat(takeUntilTold(4)).isEqualTo("a turn of many bytesclose");
    assertThat(told).containsExactly("pong failed", "another close failed", "turn", "close");
  }

  @Test
  void shouldTellEverybodyOnceThatTheConnectionIsGone() {
    writer.write(tell("turn"), bytes("a turn of many bytes"));
    writer.write(tell("pong"), bytes("pong"));

    endPoint.close(new IOException("gone"));
    writer.write(tell("too late"), bytes("too late"));

    assertThat(told).containsExactly("turn failed", "pong failed", "too late failed");
  }

  @Test
  void shouldTellThatAWriteFailedWhichAnEndPointDoesNotTake() {
    ByteArrayEndPoint cutMeanwhile =
        new ByteArrayEndPoint(scheduler, 0, new byte[0], ROOM) {
          @Override
          public void write(Callback callback, ByteBuffer... buffers) {
            throw new WritePendingException();
          }
        };
    ConnectionWriter toIt = new ConnectionWriter(cutMeanwhile, scheduler, STALL);

    toIt.write(tell("turn"), bytes("turn"));
    toIt.write(tell("next"), bytes("next"));

    assertThat(told).containsExactly("turn failed", "next failed");
    assertThat(scheduler.tasks).isEmpty();
  }

  /** As TLS does; whoever reads is told so on the same thread, and cuts the connection. */
  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void shouldBeDoneWhenAWriteFindsTheConnectionClosedAndCutsIt() {
    AtomicReference<ConnectionWriter> writing = new AtomicReference<>();
    ByteArrayEndPoint closed =
        new ByteArrayEndPoint(scheduler, 0, new byte[0], ROOM) {
          @Override
          public boolean flush(ByteBuffer... buffers) throws IOException {
            close(new IOException("gone"));
            throw new EofException("gone");
          }

          @Override
          public void doClose() {
            writing.get().cut(new IOException("gone"));
            super.doClose();
          }
        };
    writing.set(new ConnectionWriter(closed, scheduler, STALL));

    writing.get().write(tell("turn"), bytes("turn"));

    assertThat(told).containsExactly("turn failed");
  }

  @Test
  void shouldHaveNoTimerWhileEverythingIsTakenAtOnce() {
    writer.write(tell("short"), bytes("short"));

    assertThat(told).containsExactly("short");
    assertThat(scheduler.tasks).isEmpty();
  }

  @Test
  void shouldCutWhoTakesNothing() {
    writer.write(tell("turn"), bytes("a turn of many bytes"));
    writer.write(tell("pong"), bytes("pong"));

    scheduler.pass();
    scheduler.pass();
    scheduler.pass();
    assertThat(endPoint.isOpen()).isFalse();
    assertThat(told).containsExactly("turn failed", "pong failed");
    assertThat(scheduler.tasks).isEmpty();
  }

  /** However long it was: only one look is due, and then he can take something. */
  @Test
  void shouldServeWhoCouldTakeNothingWhileTheEdgeStoodStill() {
    writer.write(tell("turn"), bytes("a turn of many bytes"));

    scheduler.pass();
    scheduler.pass(); // at once when the edge goes on, after whatever time
    assertThat(endPoint.isOpen()).isTrue();
    take();
    scheduler.pass();
    scheduler.pass();
    scheduler.pass();
    assertThat(endPoint.isOpen()).isTrue();
  }

  @Test
  void shouldServeWhoTakesALittleNowAndThenAndForgetHimWhenHeHasAll() {
    writer.write(tell("turn"), bytes("a turn of many bytes, taken bit by bit"));

    StringBuilder taken = new StringBuilder();
    while (told.isEmpty()) {
      taken.append(take());
      scheduler.pass();
    }
    assertThat(taken).startsWith("a turn of many bytes");
    assertThat(told).containsExactly("turn");
    assertThat(endPoint.isOpen()).isTrue();
    assertThat(scheduler.tasks).as("timers after the last of it").isEmpty();

    take();
    writer.write(tell("next"), bytes("the next one, which he does not take"));
    scheduler.pass();
    scheduler.pass();
    scheduler.pass();
    assertThat(endPoint.isOpen()).isFalse();
  }

  @Test
  void shouldHaveOneTimerHoweverManyWritesAreBehind() {
    for (int i = 0; i < 10; i++) {
      writer.write(tell("turn"), bytes("a turn of many bytes"));
    }

    assertThat(scheduler.tasks).hasSize(1);
    takeUntilTold(9);
    assertThat(scheduler.tasks).hasSize(1);
  }

  @Test
  void shouldCutWhoIsBehindWhenTheSchedulerHasStopped() {
    scheduler.stopped = true;

    writer.write(tell("turn"), bytes("a turn of many bytes"));

    assertThat(told).containsExactly("turn failed");
    assertThat(endPoint.isOpen()).isFalse();
  }

  private String takeUntilTold(int count) {
    StringBuilder taken = new StringBuilder();
    while (told.size() < count) {
      taken.append(take());
    }
    return taken.append(take()).toString();
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

  /** A clock that a test moves on. */
  private static final class ManualScheduler extends AbstractLifeCycle implements Scheduler {
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private boolean stopped;

    @Override
    public Task schedule(Runnable task, long delay, TimeUnit unit) {
      if (stopped) {
        throw new RejectedExecutionException("stopped");
      }
      assertThat(Duration.of(delay, unit.toChronoUnit())).isEqualTo(STALL.dividedBy(2));
      tasks.add(task);
      return () -> tasks.remove(task);
    }

    /** Half of the stall timeout passes. */
    void pass() {
      List<Runnable> due = List.copyOf(tasks);
      tasks.clear();
      due.forEach(Runnable::run);
    }
  }
}
