package dev.tailrace.edge.transport.sse;

import dev.tailrace.edge.connection.CursorSource;
import dev.tailrace.edge.connection.DisconnectReason;
import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.connection.WriteCallback;
import dev.tailrace.edge.encoding.EncodingKey;
import dev.tailrace.edge.encoding.EventEncoder;
import dev.tailrace.edge.log.LogEntry;
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
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * An event stream. Every block ends with its {@code id:} line, the connection's whole cursor: a
 * client that stores the id as soon as it reads the line has then read the data before it. A turn
 * is put together and written at once.
 *
 * <p>Threading: the delivery agent, but for the completion of writes, which comes on Jetty's
 * threads.
 */
final class SseTransport implements Transport {
  private static final byte[] ID = "id: ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] END = "\n\n".getBytes(StandardCharsets.US_ASCII);

  /** What an id line mostly takes. */
  private static final int ID_BYTES = 64;

  /** How long a client may take to take the end of the stream, and what was written before it. */
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private enum State {
    IDLE,
    WRITING,
    /** To be ended when what is written is taken. */
    ENDING,
    /** Its last bytes are written. */
    LAST,
    ENDED
  }

  private final Response response;
  private final Callback callback;
  private final TurnBuffers buffers;
  private final EventEncoder encoder;
  private final EncodingKey key;
  private final RetryDelay retryDelay;
  private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);
  private @Nullable SseTurn turn;
  private volatile DisconnectReason reason = DisconnectReason.SHUTDOWN;

  SseTransport(
      TurnBuffers buffers,
      Response response,
      Callback callback,
      EventEncoder encoder,
      EncodingKey key,
      RetryDelay retryDelay) {
    this.response = response;
    this.callback = callback;
    this.buffers = buffers;
    this.encoder = encoder;
    this.key = key;
    this.retryDelay = retryDelay;
  }

  @Override
  public Kind kind() {
    return Kind.SSE;
  }

  @Override
  public void event(LogEntry entry, CursorSource cursor) {
    SseTurn to = turn();
    to.putShared(encoder.encode(entry, key), ID_BYTES);
    TurnBuffer id = to.room(ID_BYTES);
    id.put(ID);
    id.putAscii(cursor.get());
    id.put(END);
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
      case Notice.Subscribed ignored -> {}
      case Notice.Unsubscribed ignored -> {}
      case Notice.Published ignored -> {}
      case Notice.CommandError ignored -> {}
      case Notice.Pong ignored -> {}
    }
  }

  private void control(String name, String json, CursorSource cursor) {
    add("event: tailrace." + name + "\ndata: " + json + "\nid: " + cursor.get() + "\n\n");
  }

  private void add(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    turn().room(bytes.length).put(bytes);
  }

  private SseTurn turn() {
    SseTurn building = turn;
    if (building == null) {
      building = new SseTurn(buffers);
      turn = building;
    }
    return building;
  }

  @Override
  public int turnBytes() {
    return turn == null ? 0 : turn.length();
  }

  @Override
  public boolean isTurnFull() {
    return turn != null && turn.isFull();
  }

  @Override
  public void discardTurn() {
    if (turn != null) {
      turn.release();
      turn = null;
    }
  }

  @Override
  public void flush(CursorSource cursor, WriteCallback written) {
    SseTurn full = Objects.requireNonNull(turn, "a turn without bytes");
    turn = null;
    if (!state.compareAndSet(State.IDLE, State.WRITING)) {
      full.release();
      written.onWritten(new IllegalStateException("the stream is " + state.get()));
      return;
    }
    full.write(
        response,
        failure -> {
          onWritten(failure);
          written.onWritten(failure);
        });
  }

  private void onWritten(@Nullable Throwable failure) {
    if (failure != null) {
      fail(failure);
    } else if (!state.compareAndSet(State.WRITING, State.IDLE)) {
      end();
    }
  }

  /** The stream is over from the other side. Any thread. */
  void fail(Throwable failure) {
    if (state.getAndSet(State.ENDED) != State.ENDED) {
      callback.failed(failure);
    }
  }

  /** Who has not taken the end of the stream by then is cut. */
  @Override
  public void close(DisconnectReason why) {
    reason = why;
    State before =
        state.getAndUpdate(
            s ->
                switch (s) {
                  case IDLE, WRITING -> State.ENDING;
                  case ENDING, LAST, ENDED -> s;
                });
    if (before == State.IDLE) {
      end();
    }
    if (before == State.IDLE || before == State.WRITING) {
      cutLater();
    }
  }

  private void cutLater() {
    if (state.get() != State.ENDED) {
      Scheduler scheduler = response.getRequest().getComponents().getScheduler();
      scheduler.schedule(
          () -> fail(new TimeoutException("the end of the stream is not taken")), CLOSE_TIMEOUT);
    }
  }

  /** An EventSource comes back by itself when the body ends; it is told how long to wait. */
  private void end() {
    if (!state.compareAndSet(State.ENDING, State.LAST)) {
      return;
    }
    String retry = reason.mayReconnect() ? "retry: " + retryDelay.nextMs() + "\n" : "";
    String last = retry + ": " + reason.text() + "\n\n";
    response.write(
        true,
        ByteBuffer.wrap(last.getBytes(StandardCharsets.US_ASCII)),
        Callback.from(this::succeed, this::fail));
  }

  private void succeed() {
    if (state.getAndSet(State.ENDED) != State.ENDED) {
      callback.succeeded();
    }
  }
}
