package dev.tailrace.edge.transport.websocket;

import dev.tailrace.edge.connection.DisconnectReason;
import dev.tailrace.edge.encoding.WireFrame;
import dev.tailrace.edge.transport.ConnectionWriter;
import dev.tailrace.edge.transport.Deadline;
import dev.tailrace.edge.transport.websocket.MessageAssembler.RefusedMessageException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A WebSocket on a socket, or on a stream of HTTP/2: reads frames, answers pings and closes (RFC
 * 6455, section 5.5), and hands messages' frames to its {@link WebSocketEndpoint}. It reads on when
 * there is room in the {@link CommandWindow}; a ping takes room until its pong is written, for who
 * does not read pongs is not read either.
 *
 * <p>After a close it goes on reading, and drops what it reads, until the client's close comes: a
 * client that is sending would lose the close, and its reason, if the connection were cut. There is
 * a time limit for that.
 *
 * <p>An idle one holds no buffer and no timer. That a client has vanished shows in its pings.
 *
 * <p>Threading: reads on one of Jetty's threads at a time; all else on any thread.
 */
final class WebSocketConnection extends AbstractConnection implements Connection.UpgradeTo {
  private static final Logger LOG = LoggerFactory.getLogger(WebSocketConnection.class);

  /** How long a client may take to answer a close, and to take what was written before it. */
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private static final int READ_BYTES = 4 << 10;

  private final Connector connector;
  private final WebSocketEndpoint incoming;
  private final FrameReader frames;
  private final ConnectionWriter writer;
  private final CommandWindow window = new CommandWindow(this::readOn);
  private final PingWatch pings;
  private final AtomicBoolean closing = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();
  private @Nullable RetainableByteBuffer input;
  private boolean unreadable;
  private volatile boolean closeReceived;
  private volatile boolean closeWritten;
  private volatile Scheduler.@Nullable Task closeDeadline;

  /**
   * A WebSocket that is about to be opened.
   *
   * @param mayBeCompressed whether compression was agreed on
   * @param silenceTimeout how long a client may take nothing of what is written, or leave a ping
   *     unanswered
   */
  WebSocketConnection(
      EndPoint endPoint,
      Connector connector,
      WebSocketEndpoint incoming,
      boolean mayBeCompressed,
      Duration silenceTimeout) {
    super(endPoint, connector.getExecutor());
    this.connector = connector;
    this.incoming = incoming;
    this.frames = new FrameReader(mayBeCompressed);
    this.pings = new PingWatch(silenceTimeout);
    this.writer = new ConnectionWriter(endPoint, connector.getScheduler(), silenceTimeout);
  }

  CommandWindow window() {
    return window;
  }

  /** What came right behind the handshake. */
  @Override
  public void onUpgradeTo(ByteBuffer prefilled) {
    input = RetainableByteBuffer.wrap(prefilled);
  }

  @Override
  public void onOpen() {
    super.onOpen();
    getEndPoint().setIdleTimeout(0);
    incoming.onOpen(this);
    read();
  }

  @Override
  public void onFillable() {
    read();
  }

  private void readOn() {
    pings.heard(); // while nothing was read, no answer could be
    try {
      getExecutor().execute(this::read);
    } catch (RejectedExecutionException e) {
      abort(e); // the edge stops
    }
  }

  private void read() {
    try {
      while (takeInput()) {
        if (!fill()) {
          return;
        }
      }
    } catch (IOException e) {
      abort(e);
    } catch (RuntimeException e) {
      onFailure(e);
    }
  }

  /** The client hears of it, if anything can be said at all. */
  private void onFailure(RuntimeException failure) {
    LOG.warn("a client's frame could not be dealt with", failure);
    if (unreadable) {
      abort(failure);
    } else {
      unreadable = true;
      incoming.refuse(DisconnectReason.FAILED);
      readOn();
    }
  }

  /** Whether something came in; otherwise there is nothing more to do now. */
  private boolean fill() throws IOException {
    RetainableByteBuffer buffer = connector.getByteBufferPool().acquire(READ_BYTES, true);
    int count;
    try {
      count = getEndPoint().fill(buffer.getByteBuffer());
    } catch (IOException | RuntimeException e) {
      buffer.release();
      throw e;
    }
    if (count > 0) {
      pings.heard();
      input = buffer;
      return true;
    }
    buffer.release();
    if (count < 0) {
      throw new EOFException("the client has closed its connection");
    }
    fillInterested();
    return false;
  }

  /** Whether to read more: false when somebody else will go on, or the end has come. */
  private boolean takeInput() {
    RetainableByteBuffer buffer = input;
    if (buffer == null) {
      return !closed.get();
    }
    ByteBuffer bytes = buffer.getByteBuffer();
    try {
      while (!unreadable) {
        ReceivedFrame frame = frames.next(bytes);
        if (frame == null) {
          break;
        }
        take(frame);
        // The last thing to be done here, for another thread may go on at once.
        if (!window.mayGoOn()) {
          return false;
        }
      }
    } catch (RefusedMessageException e) {
      LOG.debug("a client's frame is refused: {}", e.getMessage());
      unreadable = true;
      incoming.refuse(e.reason());
    }
    input = null;
    buffer.release();
    return !closed.get();
  }

  private void take(ReceivedFrame frame) throws RefusedMessageException {
    switch (frame.opCode()) {
      case WireFrame.CLOSE -> onClose(frame.payload());
      case WireFrame.PING -> onPing(frame.payload());
      case WireFrame.PONG -> {} // that something came is all that counts
      default -> incoming.onData(frame);
    }
  }

  private void onPing(ByteBuffer payload) {
    byte[] bytes = new byte[payload.remaining()];
    payload.get(bytes);
    window.begin();
    Callback written = Callback.from(window::end, failure -> window.end());
    write(written, ByteBuffer.wrap(WireFrame.of(WireFrame.PONG, bytes)));
  }

  private void onClose(ByteBuffer payload) throws RefusedMessageException {
    byte[] answer = CloseFrame.answer(payload);
    closeReceived = true;
    unreadable = true; // nothing counts that comes after it
    writeClose(answer);
    endWhenBothHaveClosed();
  }

  /** Writes whole frames, after all that was given before. */
  void write(Callback written, ByteBuffer bytes) {
    writer.write(written, bytes);
  }

  /** Closes from this side; what is given to write after this fails. */
  void close(int code, String reason) {
    writeClose(CloseFrame.of(code, reason));
  }

  private void writeClose(byte[] frame) {
    if (!closing.compareAndSet(false, true)) {
      return;
    }
    window.open();
    closeDeadline =
        after(CLOSE_TIMEOUT, () -> abort(new TimeoutException("the close took too long")));
    Callback written =
        Callback.from(
            () -> {
              closeWritten = true;
              endWhenBothHaveClosed();
            },
            this::abort);
    writer.writeLast(written, ByteBuffer.wrap(frame));
  }

  /** The client ends its side then too, and that is read; it has the time that a close has. */
  private void endWhenBothHaveClosed() {
    if (closeReceived && closeWritten) {
      getEndPoint().shutdownOutput();
    }
  }

  /** Has this done after a time, on a thread that must not be held up. */
  Scheduler.Task after(Duration time, Runnable task) {
    return Deadline.set(connector.getScheduler(), time, task);
  }

  /**
   * A ping is about to go out. One that was sent long ago, with nothing but heartbeats after it,
   * and was not answered ends the connection.
   */
  void onHeartbeat(long nowMs) {
    if (pings.ping(nowMs)) {
      abort(new TimeoutException("the client leaves pings unanswered"));
    }
  }

  /** An event is about to go out: who reads slowly has that before him, and then the ping. */
  void onEvent() {
    pings.heard();
  }

  /** Cuts the connection. */
  void abort(Throwable cause) {
    writer.cut(cause);
  }

  @Override
  public void onFillInterestedFailed(Throwable cause) {
    abort(cause);
  }

  @Override
  public void onClose(@Nullable Throwable cause) {
    super.onClose(cause);
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    Scheduler.Task deadline = closeDeadline;
    if (deadline != null) {
      deadline.cancel();
    }
    incoming.onClosed();
  }
}
