package dev.tailrace.system;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.tailrace.v1.Event;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Events as the sample producer of {@code tailrace dev} writes them, ten a second: minutes of a
 * match on {@code scores}, notices for user 42.
 *
 * <p>Threading: writes on a thread of its own.
 */
final class SampleFlow implements AutoCloseable {
  private static final long PERIOD_MS = 100;

  private final OutsideProducer producer;
  private final ScheduledExecutorService ticker =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("sample-flow").factory());
  private int turn;

  private SampleFlow(OutsideProducer producer) {
    this.producer = producer;
  }

  static SampleFlow start(String bootstrapServers) {
    SampleFlow flow = new SampleFlow(new OutsideProducer(bootstrapServers));
    ScheduledFuture<?> _ =
        flow.ticker.scheduleAtFixedRate(flow::write, 0, PERIOD_MS, TimeUnit.MILLISECONDS);
    return flow;
  }

  private void write() {
    int minute = turn++;
    if (minute % 2 == 0) {
      String match =
          "{\"match\":\"Rovers-United\",\"minute\":%d,\"home\":2,\"away\":3}".formatted(minute);
      producer.offer("scores", event("minute", match).addChannels("scores").build());
    } else {
      String order = "{\"text\":\"Order %d has left us\"}".formatted(minute);
      producer.offer("user 42", event("notice", order).addUsers("42").build());
    }
  }

  private static Event.Builder event(String type, String json) {
    Instant now = Instant.now();
    return Event.newBuilder()
        .setId(UUID.randomUUID().toString())
        .setType(type)
        .setContentType("application/json")
        .setTime(Timestamp.newBuilder().setSeconds(now.getEpochSecond()).setNanos(now.getNano()))
        .setData(ByteString.copyFromUtf8(json));
  }

  @Override
  public void close() {
    ticker.shutdownNow();
    producer.close();
  }
}
