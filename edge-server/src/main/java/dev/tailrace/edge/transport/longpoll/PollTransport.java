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
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * A request that is held until there is something to answer: {@code
 * {"cursor":…,"gaps":[…],"events":[…]}}.
 *
 * <p>Threading: the delivery agent, but for the completion of the answer.
 */
final class PollTransport implements Transport {
  private static final int ANSWER_BYTES = 256 << 10;
  private static final HttpField CONTENT_TYPE =
      new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, "application/json");

  private final Response response;
  private final Callback callback;
  private final EventEncoder encoder;
  private final int limit;
  private final RetryDelay retryDelay;
  private final AtomicBoolean answered = new AtomicBoolean();
  private final List<byte[]> events = new ArrayList<>(0);
  private final List<String> gaps = new ArrayList<>(0);
  private int bytes;

  PollTransport(
      Response response,
      Callback callback,
      EventEncoder encoder,
      int limit,
      RetryDelay retryDelay) {
    this.response = response;
    this.callback = callback;
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
    events.add(event);
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
    return bytes >= ANSWER_BYTES || events.size() >= limit;
  }

  @Override
  public void flush(CursorSource cursor, WriteCallback written) {
    ByteArrayOutputStream body = new ByteArrayOutputStream(bytes + 128);
    write(body, "{\"cursor\":\"" + cursor.get() + "\",\"gaps\":[");
    write(body, String.join(",", gaps));
    write(body, "],\"events\":[");
    for (int i = 0; i < events.size(); i++) {
      if (i > 0) {
        body.write(',');
      }
      body.writeBytes(events.get(i));
    }
    write(body, "]}");
    if (!answered.compareAndSet(false, true)) {
      written.onWritten(new IllegalStateException("answered already"));
      return;
    }
    response.setStatus(HttpStatus.OK_200);
    response.getHeaders().put(CONTENT_TYPE);
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.size());
    response.write(
        true,
        ByteBuffer.wrap(body.toByteArray()),
        Callback.from(callback, () -> written.onWritten(null)));
  }

  /** Any thread: whether the answer is on its way. */
  boolean isAnswered() {
    return answered.get();
  }

  private static void write(ByteArrayOutputStream body, String text) {
    body.writeBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The request is over from the other side. Any thread. */
  void fail(Throwable failure) {
    if (answered.compareAndSet(false, true)) {
      callback.failed(failure);
    }
  }

  /** Not answered yet: 503 and when to come back; the client's cursor is as good then. */
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
    }
  }
}
