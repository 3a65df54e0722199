package dev.tailrace.edge.transport.longpoll;

import dev.tailrace.edge.connection.CursorSource;
import dev.tailrace.edge.connection.DisconnectReason;
import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.connection.WriteCallback;
import dev.tailrace.edge.encoding.EncodingKey;
import dev.tailrace.edge.encoding.EventEncoder;
import dev.tailrace.edge.http.ProblemResponse;
import dev.tailrace.edge.log.LogEntry;
import dev.tailrace.edge.transport.NoticeJson;
import dev.tailrace.edge.transport.RetryDelay;
import dev.tailrace.edge.transport.TurnBuffer;
import dev.tailrace.edge.transport.TurnBuffers;
import dev.tailrace.edge.transport.TurnWrite;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * A request that is held until there is something to answer: {@code
 * {"cursor":…,"gaps":[…],"events":[…]}}. The answer is put together in a buffer, but for an event
 * that is too long to be copied: that is its last one.
 *
 * <p>Threading: the delivery agent, but for the completion of the answer.
 */
final class PollTransport implements Transport {
  private static final int ANSWER_BYTES = 256 << 10;
  private static final HttpField CONTENT_TYPE =
      new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, "application/json");
  private static final byte[] COMMA = {','};
  private static final byte[] END = {']', '}'};

  private final Response response;
  private final Callback callback;
  private final TurnBuffers buffers;
  private final EventEncoder encoder;
  private final int limit;
  private final RetryDelay retryDelay;
  private final AtomicBoolean answered = new AtomicBoolean();
  private final List<byte[]> events = new ArrayList<>(0);
  private final List<String> gaps = new ArrayList<>(0);
  private byte @Nullable [] shared;
  private int bytes;

  PollTransport(
      Response response,
      Callback callback,
      TurnBuffers buffers,
      EventEncoder encoder,
      int limit,
      RetryDelay retryDelay) {
    this.response = response;
    this.callback = callback;
    this.buffers = buffers;
    this.encoder = encoder;
    this.limit = limit;
    this.retryDelay = retryDelay;
  }

  @Override
  public Kind kind() {
    return Kind.POLL;
  }

  @Override
  public void event(LogEntry entry, CursorSource cursor) {
    byte[] event = encoder.encode(entry, EncodingKey.JSON);
    if (buffers.isCopied(event.length)) {
      events.add(event);
    } else {
      shared = event;
    }
    bytes += event.length;
  }

  @Override
  public void notice(Notice notice, CursorSource cursor) {
    if (notice instanceof Notice.Gap gap) {
      String json = NoticeJson.gap(gap);
      gaps.add(json);
      bytes += json.length();
    }
  }

  @Override
  public int turnBytes() {
    return bytes;
  }

  @Override
  public boolean isTurnFull() {
    return shared != null || bytes >= buffers.turnBytes(ANSWER_BYTES) || events.size() >= limit;
  }

  @Override
  public void flush(CursorSource cursor, WriteCallback written) {
    String gapsJson = String.join(",", gaps);
    byte[] head =
        "{\"cursor\":\"%s\",\"gaps\":[%s],\"events\":["
            .formatted(cursor.get(), gapsJson)
            .getBytes(StandardCharsets.UTF_8);
    if (!answered.compareAndSet(false, true)) {
      written.onWritten(new IllegalStateException("answered already"));
      return;
    }
    byte[] last = shared;
    shared = null;
    TurnBuffer answer = begin(head, last);
    response.setStatus(HttpStatus.OK_200);
    response.getHeaders().put(CONTENT_TYPE);
    WriteCallback ended = failure -> end(failure, written);
    if (last == null) {
      answer.put(END);
      response.getHeaders().put(HttpHeader.CONTENT_LENGTH, answer.length());
      response.write(true, answer.toWrite(), new TurnWrite(answer, ended));
    } else {
      long length = (long) answer.length() + last.length + END.length;
      response.getHeaders().put(HttpHeader.CONTENT_LENGTH, length);
      WriteCallback sharedWritten = after(ended, () -> write(true, END, ended));
      WriteCallback answerWritten = after(ended, () -> write(false, last, sharedWritten));
      response.write(false, answer.toWrite(), new TurnWrite(answer, answerWritten));
    }
  }

  /** All that is copied, up to where the last event begins if that is not. */
  private TurnBuffer begin(byte[] head, byte @Nullable [] last) {
    int copied = last == null ? bytes : bytes - last.length;
    TurnBuffer answer = buffers.acquire(head.length + copied + events.size() + END.length);
    answer.put(head);
    for (int i = 0; i < events.size(); i++) {
      answer.put(events.get(i));
      if (last != null || i < events.size() - 1) {
        answer.put(COMMA);
      }
    }
    events.clear();
    return answer;
  }

  private static WriteCallback after(WriteCallback ended, Runnable next) {
    return failure -> {
      if (failure == null) {
        next.run();
      } else {
        ended.onWritten(failure);
      }
    };
  }

  private void write(boolean last, byte[] part, WriteCallback written) {
    response.write(last, ByteBuffer.wrap(part), new TurnWrite(null, written));
  }

  private void end(@Nullable Throwable failure, WriteCallback written) {
    if (failure == null) {
      callback.succeeded();
    } else {
      callback.failed(failure);
    }
    written.onWritten(failure);
  }

  /** Any thread: whether the answer is on its way. */
  boolean isAnswered() {
    return answered.get();
  }

  /** The request is over from the other side. Any thread. */
  void fail(Throwable failure) {
    if (answered.compareAndSet(false, true)) {
      callback.failed(failure);
    }
  }

  /**
   * Not answered yet: 503 and when to come back; the client's cursor is as good then. Of those that
   * read their answer only one that is too slow is cut off.
   */
  @Override
  public void close(DisconnectReason reason) {
    if (answered.compareAndSet(false, true)) {
      ProblemResponse.of(
              reason == DisconnectReason.TOKEN_EXPIRED
                  ? HttpStatus.UNAUTHORIZED_401
                  : HttpStatus.SERVICE_UNAVAILABLE_503,
              reason.text().replace(' ', '_'),
              reason.text())
          .withRetryAfter(Duration.ofMillis(retryDelay.nextMs()))
          .send(response, callback);
    } else if (reason == DisconnectReason.LAGGING) {
      callback.failed(new TimeoutException(reason.text()));
    }
  }
}
