package dev.tailrace.edge.transport.sse;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.cursor.ClusterTag;
import dev.tailrace.edge.encoding.EncodingKey;
import dev.tailrace.edge.encoding.EventEncoder;
import dev.tailrace.edge.log.LogEntry;
import dev.tailrace.edge.transport.RetryDelay;
import dev.tailrace.edge.transport.TurnBuffers;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.v1.Delivery;
import dev.tailrace.v1.Event;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What an event stream writes, and what its client costs when it takes nothing. */
class SseTransportTest {
  private static final int SHARE = 1 << 20;
  private static final int LARGE = 1 << 20;
  private static final long OF_EACH = 16 << 10;

  private final TurnBuffers buffers = new TurnBuffers(SHARE);
  private final EventEncoder encoder = new EventEncoder(new ClusterTag("abc"), key -> {});
  private final List<@Nullable Throwable> ends = new ArrayList<>();

  private SseTransport stream(StalledResponse response) {
    return new SseTransport(
        buffers,
        new ResponseOutput(new ScheduledExecutorScheduler(), response.asResponse(), Callback.NOOP),
        encoder,
        EncodingKey.SSE_EVENT,
        new RetryDelay(1, 2, new Random(1)));
  }

  private static LogEntry entry(int bytes) {
    Event event =
        Event.newBuilder()
            .setId("e")
            .setContentType("text/plain")
            .setData(ByteString.copyFrom("x".repeat(bytes), StandardCharsets.US_ASCII))
            .build();
    Delivery delivery = Delivery.newBuilder().setChannel("scores").setEvent(event).build();
    return new LogEntry(
        new LanePartition(Lane.CHANNELS, 1, 1),
        1,
        1_000,
        -1,
        "scores",
        List.of(),
        "",
        false,
        delivery.toByteArray());
  }

  @Test
  void shouldHoldOneCopyOfALongEventHoweverManyClientsDoNotTakeIt() {
    LogEntry large = entry(LARGE);
    int streams = 100;
    for (int i = 0; i < streams; i++) {
      SseTransport stream = stream(new StalledResponse());
      stream.notice(new Notice.CursorHeartbeat("abc"), () -> "abc~c1-1.1");
      stream.event(large, () -> "abc~c1-1.2");
      assertThat(stream.isTurnFull()).isTrue();
      stream.flush(() -> "abc~c1-1.2", ends::add);
    }

    assertThat(buffers.bytesInUse()).isLessThanOrEqualTo(SHARE + streams * OF_EACH);
    assertThat(ends).isEmpty();
  }

  @Test
  void shouldHoldNoCopiesOfUsualEventsWhileTooMuchIsInUse() {
    LogEntry usual = entry(40 << 10);
    int streams = 200;
    for (int i = 0; i < streams; i++) {
      SseTransport stream = stream(new StalledResponse());
      stream.event(usual, () -> "abc~c1-1.2");
      stream.flush(() -> "abc~c1-1.2", ends::add);
    }

    assertThat(buffers.bytesInUse())
        .isBetween((long) SHARE, SHARE + (64L << 10) + streams * OF_EACH);
  }

  @Test
  void shouldWriteALongEventInItsPlace() {
    StalledResponse response = new StalledResponse();
    SseTransport stream = stream(response);
    stream.event(entry(3), () -> "abc~c1-1.1");
    stream.event(entry(LARGE), () -> "abc~c1-1.2");
    stream.notice(new Notice.Alive(), () -> "abc~c1-1.2");
    stream.flush(() -> "abc~c1-1.2", ends::add);

    response.takeAll();

    assertThat(response.written())
        .isEqualTo(block(3) + "id: abc~c1-1.1\n\n" + block(LARGE) + "id: abc~c1-1.2\n\n:\n\n");
    assertThat(ends).hasSize(1).containsOnlyNulls();
    assertThat(buffers.bytesInUse()).isZero();
  }

  @Test
  void shouldTellOfAChannelThatIsGrantedNoMore() {
    StalledResponse response = new StalledResponse();
    SseTransport stream = stream(response);
    stream.notice(
        new Notice.CommandError(-1, "not_granted", "it was revoked", "scores"), () -> "abc~c1-1.1");
    stream.flush(() -> "abc~c1-1.1", ends::add);

    response.takeAll();

    assertThat(response.written())
        .isEqualTo(
            "event: tailrace.error\ndata: {\"code\":\"not_granted\",\"message\":\"it was revoked\","
                + "\"channel\":\"scores\"}\nid: abc~c1-1.1\n\n");
  }

  private String block(int bytes) {
    return new String(encoder.encode(entry(bytes), EncodingKey.SSE_EVENT), StandardCharsets.UTF_8);
  }

  @Test
  void shouldSayOnceThatALongEventCouldNotBeWritten() {
    for (int written = 0; written < 3; written++) {
      ends.clear();
      StalledResponse response = new StalledResponse();
      SseTransport stream = stream(response);
      stream.event(entry(3), () -> "abc~c1-1.1");
      stream.event(entry(LARGE), () -> "abc~c1-1.2");
      stream.flush(() -> "abc~c1-1.2", ends::add);

      for (int i = 0; i < written; i++) {
        response.take();
      }
      IOException cut = new IOException("cut");
      response.breakOff(cut);

      assertThat(ends).containsExactly(cut);
      assertThat(buffers.bytesInUse()).isZero();
    }
  }
}
