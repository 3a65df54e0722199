package dev.tailrace.edge.transport.sse;

import dev.tailrace.edge.connection.DisconnectReason;
import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.connection.WriteCallback;
import dev.tailrace.edge.encoding.EncodingKey;
import dev.tailrace.edge.encoding.EventEncoder;
import dev.tailrace.edge.log.LogEntry;
import dev.tailrace.edge.transport.NoticeJson;
import dev.tailrace.edge.transport.RetryDelay;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;

/**
 * An event stream. Every block ends with its {@code id:} line, the connection's whole cursor: a
 * client that stores the id as soon as it reads the line has then read the data before it. A turn
 * is copied once, into a pooled buffer, and written at once.
 *
 * <p>Threading: the delivery agent, but for the completion of writes, which comes on Jetty's
 * threads.
 */
final class SseTransport implements Transport {
  /** A turn that has this much goes out: with one more event it mostly fits a pooled buffer. */
  private static final int TURN_BYTES = 48 << 10;

  private enum State {
    IDLE,
    WRITING,
    /** Written to, and to be ended after that. */
    ENDING,
    ENDED
  }

  private final Response response;
  private final Callback callback;
  private final ByteBufferPool buffers;
  private final EventEncoder encoder;
  private final EncodingKey key;
  private final RetryDelay retryDelay;
  private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);
  private List<byte[]> turn = new ArrayList<>(4);
  private int turnBytes;
  private volatile DisconnectReason reason = DisconnectReason.SHUTDOWN;

  SseTransport(
      Request request,
      Response response,
      Callback callback,
      EventEncoder encoder,
      EncodingKey key,
      RetryDelay retryDelay) {
    this.response = response;
    this.callback = callback;
    this.buffers = request.getComponents().getByteBufferPool();
    this.encoder = encoder;
    this.key = key;
    this.retryDelay = retryDelay;
  }

  @Override
  public Kind kind() {
    return Kind.SSE;
  }

  @Override
  public void event(LogEntry entry, Supplier<String> cursor) {
    add(encoder.encode(entry, key));
    add("id: " + cursor.get() + "\n\n");
  }

  @Override
  public void notice(Notice notice, Supplier<String> cursor) {
    switch (notice) {
      case Notice.Opened opened -> control("cursor", NoticeJson.cursor(opened.cursor()), cursor);
      case Notice.CursorHeartbeat beat ->
          control("cursor", NoticeJson.cursor(beat.cursor()), cursor);
      case Notice.Alive ignored -> add(":\n\n");
      case Notice.Gap gap -> control("gap", NoticeJson.gap(gap), cursor);
      case Notice.TokenExpiring expiring ->
          control("token_expiring", NoticeJson.tokenExpiring(expiring), cursor);
      case Notice.Subscribed ignored -> {}
      case Notice.Unsubscribed ignored -> {}
      case Notice.Published ignored -> {}
      case Notice.CommandError ignored -> {}
      case Notice.Pong ignored -> {}
    }
  }

  private void control(String name, String json, Supplier<String> cursor) {
    add("event: tailrace." + name + "\ndata: " + json + "\nid: " + cursor.get() + "\n\n");
  }

  private void add(String text) {
    add(text.getBytes(StandardCharsets.UTF_8));
  }

  private void add(byte[] bytes) {
    turn.add(bytes);
    turnBytes += bytes.length;
  }

  @Override
  public int turnBytes() {
    return turnBytes;
  }

  @Override
  public boolean isTurnFull() {
    return turnBytes >= TURN_BYTES;
  }

  @Override
  public void flush(Supplier<String> cursor, WriteCallback written) {
    RetainableByteBuffer buffer = buffers.acquire(turnBytes, true);
    ByteBuffer bytes = buffer.getByteBuffer();
    int position = BufferUtil.flipToFill(bytes);
    turn.forEach(bytes::put);
    BufferUtil.flipToFlush(bytes, position);
    if (!state.compareAndSet(State.IDLE, State.WRITING)) {
      buffer.release();
      written.onWritten(new IllegalStateException("the stream is " + state.get()));
      return;
    }
    turn = new ArrayList<>(4);
    turnBytes = 0;
    response.write(
        false,
        bytes,
        Callback.from(
            () -> {
              buffer.release();
              onWritten();
              written.onWritten(null);
            },
            failure -> {
              buffer.release();
              fail(failure);
              written.onWritten(failure);
            }));
  }

  private void onWritten() {
    if (!state.compareAndSet(State.WRITING, State.IDLE)) {
      end();
    }
  }

  /** The stream is over from the other side. Any thread. */
  void fail(Throwable failure) {
    if (state.getAndSet(State.ENDED) != State.ENDED) {
      callback.failed(failure);
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
  }

  /** An EventSource comes back by itself when the body ends; it is told how long to wait. */
  private void end() {
    if (state.getAndSet(State.ENDED) == State.ENDED) {
      return;
    }
    String last = reason.mayReconnect() ? "retry: " + retryDelay.nextMs() + "\n\n" : "\n";
    response.write(true, ByteBuffer.wrap(last.getBytes(StandardCharsets.US_ASCII)), callback);
  }
}
