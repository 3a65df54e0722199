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
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket's way out. A turn is one {@link MessageRun}, and one write; a message too long to be
 * copied is one more.
 *
 * <p>Threading: the delivery agent, but for {@link #tell} and {@link #close}, which are for any
 * thread; the connection orders these frames with the pongs and closes of other threads.
 */
final class WebSocketTransport implements Transport {
  private static final byte[] PING = WireFrame.of(WireFrame.PING, new byte[0]);

  private final WebSocketConnection connection;
  private final Subprotocol subprotocol;
  private final EncodingKey key;
  private final EventEncoder encoder;
  private final TurnBuffers buffers;
  private final RetryDelay retryDelay;
  private final EdgeClock clock;
  private final AtomicBoolean closed = new AtomicBoolean();
  private @Nullable MessageRun turn;

  /** What is too long to be copied goes by itself, after the rest. */
  private @Nullable MessageRun last;

  WebSocketTransport(
      WebSocketConnection connection,
      Subprotocol subprotocol,
      boolean compressed,
      EventEncoder encoder,
      TurnBuffers buffers,
      RetryDelay retryDelay,
      EdgeClock clock) {
    this.connection = connection;
    this.subprotocol = subprotocol;
    this.key = subprotocol.key(compressed);
    this.encoder = encoder;
    this.buffers = buffers;
    this.retryDelay = retryDelay;
    this.clock = clock;
  }

  @Override
  public Kind kind() {
    return Kind.WEBSOCKET;
  }

  @Override
  public void event(LogEntry entry, CursorSource cursor) {
    connection.onEvent();
    add(encoder.encode(entry, key));
  }

  @Override
  public void notice(Notice notice, CursorSource cursor) {
    if (notice instanceof Notice.Alive || notice instanceof Notice.CursorHeartbeat) {
      connection.onHeartbeat(clock.monotonicMs());
      add(PING);
    }
    if (!(notice instanceof Notice.Alive)) {
      add(WireFrame.of(subprotocol.opCode(), ServerFrames.encode(notice, subprotocol)));
    }
  }

  private void add(byte[] message) {
    MessageRun building = last == null ? turn : last;
    if (building == null) {
      turn = new MessageRun(buffers, message);
    } else if (last != null || buffers.isCopied(message.length)) {
      building.add(message);
    } else {
      last = new MessageRun(buffers, message);
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
    MessageRun full = Objects.requireNonNull(turn, "a turn without bytes");
    MessageRun alone = last;
    turn = null;
    last = null;
    if (alone == null) {
      full.writeTo(connection, written);
    } else {
      full.writeTo(connection, failure -> {}); // the next one's fails too
      alone.writeTo(connection, written);
    }
  }

  @Override
  public void onCommandHandled() {
    connection.window().end();
  }

  /**
   * Tells something beside the agent's turns, and before whatever close comes after: any thread.
   */
  void tell(Notice notice) {
    send(ServerFrames.encode(notice, subprotocol));
  }

  private void send(byte[] message) {
    connection.write(Callback.NOOP, ByteBuffer.wrap(WireFrame.of(subprotocol.opCode(), message)));
  }

  /** Whether it has been closed from this side: what still comes in is of no account. */
  boolean isClosed() {
    return closed.get();
  }

  @Override
  public void close(DisconnectReason reason) {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    if (reason.mayReconnect()) {
      send(ServerFrames.goodbye(reason.text(), retryDelay.nextMs(), subprotocol));
    }
    connection.close(reason.closeCode(), reason.text());
  }
}
