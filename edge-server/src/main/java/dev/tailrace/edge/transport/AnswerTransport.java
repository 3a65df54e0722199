package dev.tailrace.edge.transport;

import dev.tailrace.edge.auth.Verification.Refused;
import dev.tailrace.edge.connection.CursorSource;
import dev.tailrace.edge.connection.DisconnectReason;
import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.connection.WriteCallback;
import dev.tailrace.edge.encoding.EncodingKey;
import dev.tailrace.edge.encoding.EventEncoder;
import dev.tailrace.edge.http.ProblemResponse;
import dev.tailrace.edge.log.LogEntry;
import java.io.IOException;
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
 * A request that is held until it can be answered: {@code {"cursor":…,"gaps":[…],"events":[…]}}.
 * The answer is put together in a buffer, but for an event that is too long to be copied: that is
 * its last one.
 *
 * <p>Threading: the delivery agent, but for the completion of the answer.
 */
public final class AnswerTransport implements Transport {
  private static final int ANSWER_BYTES = 256 << 10;
  private static final HttpField CONTENT_TYPE =
      new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, "application/json");
  private static final byte[] COMMA = {','};

  private final Kind kind;
  private final Response response;
  private final Callback callback;
  private final TurnBuffers buffers;
  private final EventEncoder encoder;
  private final int limit;
  private final RetryDelay retryDelay;
  private final AnswerForm form;
  private final AtomicBoolean answered = new AtomicBoolean();
  private final List<byte[]> events = new ArrayList<>(0);
  private final List<String> gaps = new ArrayList<>(0);
  private byte @Nullable [] shared;
  private int bytes;
  private @Nullable ProblemResponse refusal;

  /**
   * A request that is not answered yet.
   *
   * @param limit most events of the answer
   */
  public AnswerTransport(
      Kind kind,
      Response response,
      Callback callback,
      TurnBuffers buffers,
      EventEncoder encoder,
      int limit,
      RetryDelay retryDelay,
      AnswerForm form) {
    this.kind = kind;
    this.response = response;
    this.callback = callback;
    this.buffers = buffers;
    this.encoder = encoder;
    this.limit = limit;
    this.retryDelay = retryDelay;
    this.form = form;
  }

  @Override
  public Kind kind() {
    return kind;
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
    form.onEvent(entry);
  }

  @Override
  public void notice(Notice notice, CursorSource cursor) {
    if (notice instanceof Notice.Gap gap) {
      String json = NoticeJson.gap(gap);
      gaps.add(json);
      bytes += json.length();
    } else if (notice instanceof Notice.CommandError error) {
      refusal = refusal(error);
    }
    form.onNotice(notice);
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
    byte[] end = form.end();
    TurnBuffer answer = begin(head, last, end);
    if (last == null) {
      answer.put(end);
    }
    ByteBuffer copied = answer.toWrite();
    List<ByteBuffer> body = new ArrayList<>(List.of(copied.slice()));
    if (last != null) {
      body.add(ByteBuffer.wrap(last));
      body.add(ByteBuffer.wrap(end));
    }
    WriteCallback ended = failure -> end(failure, written);
    response.setStatus(HttpStatus.OK_200);
    response.getHeaders().put(CONTENT_TYPE);
    if (form.putHeaders(response.getHeaders(), body)) {
      answer.release();
      sendUnchanged(ended);
      return;
    }
    long length = body.stream().mapToLong(ByteBuffer::remaining).sum();
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, length);
    if (last == null) {
      response.write(true, copied, new TurnWrite(answer, ended));
    } else {
      WriteCallback sharedWritten = after(ended, () -> write(true, end, ended));
      WriteCallback answerWritten = after(ended, () -> write(false, last, sharedWritten));
      response.write(false, copied, new TurnWrite(answer, answerWritten));
    }
  }

  private void sendUnchanged(WriteCallback ended) {
    response.setStatus(HttpStatus.NOT_MODIFIED_304);
    response.getHeaders().remove(HttpHeader.CONTENT_TYPE);
    write(true, new byte[0], ended);
  }

  /** All that is copied, up to where the last event begins if that is not. */
  private TurnBuffer begin(byte[] head, byte @Nullable [] last, byte[] end) {
    int copied = last == null ? bytes : bytes - last.length;
    TurnBuffer answer = buffers.acquire(head.length + copied + events.size() + end.length);
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
  public boolean isAnswered() {
    return answered.get();
  }

  /** The request is over from the other side. Any thread. */
  public void fail(Throwable failure) {
    if (answered.compareAndSet(false, true)) {
      callback.failed(failure);
    }
  }

  /**
   * Not answered yet: what is wrong with the token, or 503 and when to come back; the client's
   * cursor is as good then. Of those that read their answer only one that is too slow is cut off,
   * and one that may not have it any more.
   */
  @Override
  public void close(DisconnectReason reason) {
    if (answered.compareAndSet(false, true)) {
      problem(reason).send(response, callback);
      return;
    }
    switch (reason) {
      case LAGGING -> callback.failed(new TimeoutException(reason.text()));
      case REVOKED -> callback.failed(new IOException(reason.text()));
      default -> {}
    }
  }

  private ProblemResponse problem(DisconnectReason reason) {
    String code = reason.text().replace(' ', '_');
    return switch (reason) {
      case REVOKED -> refusal == null ? ProblemResponse.of(Refused.REVOKED) : refusal;
      case TOKEN_EXPIRED -> comeBack(HttpStatus.UNAUTHORIZED_401, code, reason.text());
      case TOO_MANY_CONNECTIONS -> comeBack(HttpStatus.TOO_MANY_REQUESTS_429, code, reason.text());
      default -> comeBack(HttpStatus.SERVICE_UNAVAILABLE_503, code, reason.text());
    };
  }

  /** What it asks for is not to be had any more. */
  private static ProblemResponse refusal(Notice.CommandError error) {
    ProblemResponse problem =
        ProblemResponse.of(HttpStatus.FORBIDDEN_403, error.code(), error.message());
    return error.channel() == null ? problem : problem.with("channel", error.channel());
  }

  private ProblemResponse comeBack(int status, String code, String text) {
    return ProblemResponse.of(status, code, text)
        .withRetryAfter(Duration.ofMillis(retryDelay.nextMs()));
  }
}
