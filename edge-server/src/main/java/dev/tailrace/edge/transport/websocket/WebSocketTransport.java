package dev.tailrace.edge.transport.websocket;

import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.edge.connection.CursorSource;
import dev.tailrace.edge.connection.DisconnectReason;
import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.connection.WriteCallback;
import dev.tailrace.edge.encoding.EncodingKey;
import dev.tailrace.edge.encoding.EventEncoder;
import dev.tailrace.edge.encoding.WireFrame;
import dev.tailrace.edge.log.LogEntry;
import dev.tailrace.edge.transport.RetryDelay;
import dev.tailrace.edge.transport.TurnBuffers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.core.CoreSession;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.OpCode;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket's way out. A turn is one {@link TurnFrame}, and one write; a message too long to be
 * copied is one more.
 *
 * <p>Threading: the delivery agent; Jetty's session orders these frames with the pongs and closes
 * of other threads.
 */
final class WebSocketTransport implements Transport {
  private static final long OPEN = Long.MIN_VALUE;

  /** How long a client may take to answer a close, and to take what was written before it. */
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final CoreSession session;
  private final Subprotocol subprotocol;
  private final EncodingKey key;
  private final EventEncoder encoder;
  private final TurnBuffers buffers;
  private final RetryDelay retryDelay;
  private final CommandWindow window;
  private final EdgeClock clock;
  private final AtomicLong closedAtMs = new AtomicLong(OPEN);
  private @Nullable TurnFrame turn;

  /** What is too long to be copied goes by itself, after the rest. */
  private @Nullable TurnFrame last;

  WebSocketTransport(
      CoreSession session,
      Subprotocol subprotocol,
      EventEncoder encoder,
      TurnBuffers buffers,
      RetryDelay retryDelay,
      CommandWindow window,
      EdgeClock clock) {
    this.session = session;
    this.subprotocol = subprotocol;
    this.key = subprotocol.key(session.isRsv1Used());
    this.encoder = encoder;
    this.buffers = buffers;
    this.retryDelay = retryDelay;
    this.window = window;
    this.clock = clock;
  }

  @Override
  public Kind kind() {
    return Kind.WEBSOCKET;
  }

  @Override
  public void event(LogEntry entry, CursorSource cursor) {
    add(encoder.encode(entry, key));
  }

  @Override
  public void notice(Notice notice, CursorSource cursor) {
    if (notice instanceof Notice.Alive) {
      session.sendFrame(new Frame(OpCode.PING), Callback.NOOP, false);
    } else {
      add(WireFrame.of(subprotocol.opCode(), ServerFrames.encode(notice, subprotocol)));
    }
  }

  private void add(byte[] message) {
    TurnFrame building = last == null ? turn : last;
    if (building == null) {
      turn = new TurnFrame(buffers, message);
    } else if (last != null || buffers.isCopied(message.length)) {
      building.add(message);
    } else {
      last = new TurnFrame(buffers, message);
    }
  }

  @Override
  public int turnBytes() {
    return (turn == null ? 0 : turn.length()) + (last == null ? 0 : last.length());
  }

  @Override
  public boolean isTurnFull() {
    return last != null || turnBytes() >= buffers.turnBytes();
  }

  @Override
  public void discardTurn() {
    if (turn != null) {
      turn.release();
      turn = null;
    }
    if (last != null) {
      last.release();
      last = null;
    }
  }

  @Override
  public void flush(CursorSource cursor, WriteCallback written) {
    TurnFrame full = Objects.requireNonNull(turn, "a turn without bytes");
    TurnFrame alone = last;
    turn = null;
    last = null;
    if (alone == null) {
      send(full, written);
    } else {
      send(full, failure -> {}); // the next one's fails too
      send(alone, written);
    }
  }

  private void send(TurnFrame frame, WriteCallback written) {
    session.sendFrame(frame, frame.complete(written), false);
  }

  @Override
  public void onCommandHandled() {
    window.end();
  }

  /**
   * Tells something beside the agent's turns, and before whatever close comes after: any thread.
   */
  void tell(Notice notice) {
    send(ServerFrames.encode(notice, subprotocol));
  }

  private void send(byte[] message) {
    session.sendFrame(
        new Frame(subprotocol.opCode(), ByteBuffer.wrap(message)), Callback.NOOP, false);
  }

  /** Whether it has been closed from this side: what still comes in is of no account. */
  boolean isClosed() {
    return closedAtMs.get() != OPEN;
  }

  /** Whether its client has had its time to answer the close. */
  boolean isCloseOverdue() {
    return isClosed() && clock.monotonicMs() - closedAtMs.get() > CLOSE_TIMEOUT.toMillis();
  }

  @Override
  public void close(DisconnectReason reason) {
    if (!closedAtMs.compareAndSet(OPEN, clock.monotonicMs())) {
      return;
    }
    session.setIdleTimeout(CLOSE_TIMEOUT);
    if (reason.mayReconnect()) {
      send(ServerFrames.goodbye(reason.text(), retryDelay.nextMs(), subprotocol));
    }
    session.close(reason.closeCode(), reason.text(), Callback.NOOP);
  }
}
