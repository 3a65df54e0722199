package dev.tailrace.edge.transport.sse;

import dev.tailrace.edge.connection.CursorSource;
import dev.tailrace.edge.connection.DisconnectReason;
import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.connection.WriteCallback;
import dev.tailrace.edge.encoding.EncodingKey;
import dev.tailrace.edge.encoding.EventEncoder;
import dev.tailrace.edge.log.LogEntry;
import dev.tailrace.edge.transport.Deadline;
import dev.tailrace.edge.transport.NoticeJson;
import dev.tailrace.edge.transport.RetryDelay;
import dev.tailrace.edge.transport.TurnBuffer;
import dev.tailrace.edge.transport.TurnBuffers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * An event stream. Every block ends with its {@code id:} line, the connection's whole cursor: a
 * client that stores the id as soon as it reads the line has then read the data before it. A turn
 * is put together in a pooled buffer and written at once.
 *
 * <p>Threading: the delivery agent, but for the completion of writes, which comes on Jetty's
 * threads. A turn's write is complete before the agent begins the next turn.
 */
final class SseTransport implements Transport, Callback {
  private static final byte[] ID = "id: ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] END = "\n\n".getBytes(StandardCharsets.US_ASCII);

  /** How long a client may take for what is written last, whatever it reads. */
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  /** What an id line mostly takes. */
  private static final int ID_BYTES = 64;

  private enum State {
    IDLE,
    WRITING,
    /** Written to, and to be ended after that. */
    ENDING,
    ENDED
  }

  private final StreamOutput output;
  private final TurnBuffers buffers;
  private final EventEncoder encoder;
  private final EncodingKey key;
  private final RetryDelay retryDelay;
  private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);
  private @Nullable TurnBuffer turn;

  /** A block that is too long to be copied for each of its readers; written after the turn. */
  private byte @Nullable [] shared;

  private @Nullable TurnBuffer afterShared;
  private @Nullable WriteCallback flushed;
  private volatile DisconnectReason reason = DisconnectReason.SHUTDOWN;

  SseTransport(
      TurnBuffers buffers,
      StreamOutput output,
      EventEncoder encoder,
      EncodingKey key,
      RetryDelay retryDelay) {
    this.output = output;
    this.buffers = buffers;
    this.encoder = encoder;
    this.key = key;
    this.retryDelay = retryDelay;
  }

  /** A comment goes out with the headers, so that {@code open} fires. */
  void open(WriteCallback written) {
    add(": tailrace\n\n");
    flush(() -> "", written);
  }

  @Override
  public Kind kind() {
    return Kind.SSE;
  }

  @Override
  public void event(LogEntry entry, CursorSource cursor) {
    byte[] block = encoder.encode(entry, key);
    if (shared == null && !buffers.isCopied(block.length)) {
      shared = block;
    } else {
      turn(block.length + ID_BYTES).put(block);
    }
    TurnBuffer to = turn(ID_BYTES);
    to.put(ID);
    to.putAscii(cursor.get());
    to.put(END);
  }

  @Override
  public void notice(Notice notice, CursorSource cursor) {
    switch (notice) {
      case Notice.Opened opened -> control("cursor", NoticeJson.cursor(opened.cursor()), cursor);
      case Notice.CursorHeartbeat beat ->
          control("cursor", NoticeJson.cursor(beat.cursor()), cursor);
      case Notice.Alive ignored -> add(":\n\n");
      case Notice.Gap gap -> control("gap", NoticeJson.gap(gap), cursor);
      case Notice.Conflated conflated ->
          control("conflated", NoticeJson.conflated(conflated), cursor);
      case Notice.TokenExpiring expiring ->
          control("token_expiring", NoticeJson.tokenExpiring(expiring), cursor);
      case Notice.CommandError error -> control("error", NoticeJson.error(error), cursor);
      case Notice.Subscribed ignored -> {}
      case Notice.Unsubscribed ignored -> {}
      case Notice.Published ignored -> {}
      case Notice.Pong ignored -> {}
      case Notice.Complete ignored -> {}
    }
  }

  private void control(String name, String json, CursorSource cursor) {
    add("event: tailrace." + name + "\ndata: " + json + "\nid: " + cursor.get() + "\n\n");
  }

  private void add(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    turn(bytes.length).put(bytes);
  }

  private TurnBuffer turn(int bytes) {
    TurnBuffer building = shared == null ? turn : afterShared;
    if (building == null) {
      building = buffers.acquire(bytes, output.headRoom());
      if (shared == null) {
        turn = building;
      } else {
        afterShared = building;
      }
    }
    return building;
  }

  @Override
  public int turnBytes() {
    return length(turn) + (shared == null ? 0 : shared.length) + length(afterShared);
  }

  private static int length(@Nullable TurnBuffer part) {
    return part == null ? 0 : part.length();
  }

  @Override
  public boolean isTurnFull() {
    return shared != null || turnBytes() >= buffers.turnBytes();
  }

  @Override
  public void discardTurn() {
    releaseTurn();
    shared = null;
    turn = afterShared;
    afterShared = null;
    releaseTurn();
  }

  private void releaseTurn() {
    if (turn != null) {
      turn.release();
      turn = null;
    }
  }

  @Override
  public void flush(CursorSource cursor, WriteCallback written) {
    if (!state.compareAndSet(State.IDLE, State.WRITING)) {
      discardTurn();
      written.onWritten(new IllegalStateException("the stream is " + state.get()));
      return;
    }
    flushed = written;
    writeNext();
  }

  /** Writes the turn's first part, or says that all are written. */
  private void writeNext() {
    byte[] block = shared;
    if (turn != null) {
      output.write(turn, this);
    } else if (block != null) {
      shared = null;
      turn = afterShared;
      afterShared = null;
      output.write(block, new SharedWritten());
    } else {
      WriteCallback written = Objects.requireNonNull(flushed, "a turn without bytes");
      flushed = null;
      if (!state.compareAndSet(State.WRITING, State.IDLE)) {
        end();
      }
      written.onWritten(null);
    }
  }

  /** A part of the turn is written. */
  @Override
  public void succeeded() {
    releaseTurn();
    writeNext();
  }

  /** The turn could not be written. */
  @Override
  public void failed(Throwable failure) {
    if (turn != null) {
      turn.abandon();
      turn = null;
    }
    discardTurn();
    WriteCallback written = Objects.requireNonNull(flushed);
    flushed = null;
    fail(failure);
    written.onWritten(failure);
  }

  private final class SharedWritten implements Callback {
    @Override
    public void succeeded() {
      writeNext();
    }

    @Override
    public void failed(Throwable failure) {
      SseTransport.this.failed(failure);
    }

    @Override
    public InvocationType getInvocationType() {
      return InvocationType.NON_BLOCKING;
    }
  }

  /** It hands over to the agent what there is to do. */
  @Override
  public InvocationType getInvocationType() {
    return InvocationType.NON_BLOCKING;
  }

  /** The stream is over from the other side. Any thread. */
  void fail(Throwable failure) {
    if (state.getAndSet(State.ENDED) != State.ENDED) {
      output.fail(failure);
    }
  }

  @Override
  public void close(DisconnectReason why) {
    reason = why;
    State before =
        state.getAndUpdate(
            s ->
                switch (s) {
                  case IDLE, WRITING -> State.ENDING;
                  case ENDING, ENDED -> s;
                });
    if (before == State.IDLE) {
      end();
    }
    Deadline.set(
        output.scheduler(),
        CLOSE_TIMEOUT,
        () -> output.fail(new TimeoutException("the client does not take its stream's end")));
  }

  /** An EventSource comes back by itself when the body ends; it is told how long to wait. */
  private void end() {
    if (state.getAndSet(State.ENDED) == State.ENDED) {
      return;
    }
    String retry = reason.mayReconnect() ? "retry: " + retryDelay.nextMs() + "\n" : "";
    String last = retry + ": " + reason.text() + "\n\n";
    output.end(ByteBuffer.wrap(last.getBytes(StandardCharsets.US_ASCII)));
  }
}
