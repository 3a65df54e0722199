package dev.tailrace.benchmarks.micro;

import dev.tailrace.edge.agent.Agent;
import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.edge.catchup.CatchUpAllowance;
import dev.tailrace.edge.catchup.CatchUpConfig;
import dev.tailrace.edge.catchup.CatchUpRequests;
import dev.tailrace.edge.catchup.CatchUpSession;
import dev.tailrace.edge.catchup.LastEventsSearch;
import dev.tailrace.edge.connection.ConnectionCensus;
import dev.tailrace.edge.connection.ConnectionRequest;
import dev.tailrace.edge.connection.CursorSource;
import dev.tailrace.edge.connection.DeliveryListener;
import dev.tailrace.edge.connection.DisconnectReason;
import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.connection.SlowPolicy;
import dev.tailrace.edge.connection.Subscriber;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.connection.WriteCallback;
import dev.tailrace.edge.cursor.ClusterTag;
import dev.tailrace.edge.cursor.StartPosition;
import dev.tailrace.edge.delivery.DeliveryConfig;
import dev.tailrace.edge.delivery.DeliveryProxy;
import dev.tailrace.edge.encoding.EventEncoder;
import dev.tailrace.edge.log.LogEntry;
import dev.tailrace.edge.tail.LaneOffsets;
import dev.tailrace.edge.tail.PartitionTailProxy;
import dev.tailrace.edge.tail.TailConfig;
import dev.tailrace.edge.tail.TailListener;
import dev.tailrace.edge.tracing.DeliveryTraces;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.schemas.SlotMaps;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.slots.KnownSlots;
import dev.tailrace.support.tracing.Tracing;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * A lane record from the tail's poll to the turns of a hundred streams, with an edge's own tail and
 * delivery agent; per record. What it costs to look for traces, and to write one.
 */
@State(Scope.Thread)
public class TracingBenchmark extends MicroBenchmark {
  private static final int STREAMS = 100;
  private static final int DATA_BYTES = 256;
  private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0";

  /** off: no tracing. The others with tracing, by what the record's header says. */
  @Param({"off", "none", "unsampled", "sampled"})
  private String traces = "off";

  private final List<CountingTransport> streams = new ArrayList<>();
  private final ClusterTag tag = new ClusterTag("bench");
  private final SlotMap slots = SlotMap.initial(1, 2);
  private final LanePartition partition = slots.channelPartition(Deliveries.CHANNEL);
  private final TopicPartition topicPartition =
      new TopicPartition(partition.topic(), partition.partition());
  private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
  private final List<Agent> agents = new ArrayList<>();
  private long offset;
  private long expected;

  /** Connects the streams, and waits until they are open. */
  @Setup
  public void connect() {
    boolean on = !traces.equals("off");
    FixedSlots maps = new FixedSlots(SlotMaps.of(slots));
    EmptyLanes nothing = new EmptyLanes();
    Unheard listener = new Unheard();
    PartitionTailProxy tails =
        new PartitionTailProxy(
            0,
            consumer,
            nothing,
            maps,
            new TailConfig(16 << 20, 64 << 20, Duration.ZERO, Duration.ZERO, on),
            EdgeClock.SYSTEM,
            listener,
            () -> {});
    Tracing tracing =
        on
            ? Tracing.to(SdkTracerProvider.builder().build().get("benchmark"), EdgeClock.SYSTEM)
            : Tracing.off();
    DeliveryProxy agent =
        new DeliveryProxy(
            0,
            tag,
            maps,
            DeliveryConfig.from(Settings.of(Map.of())),
            tails,
            nothing,
            nothing,
            new CatchUpAllowance(new CatchUpConfig(1 << 30, 1 << 30), EdgeClock.SYSTEM),
            new EventEncoder(tag, key -> {}),
            listener,
            new DeliveryTraces(tracing),
            EdgeClock.SYSTEM,
            new Random(1));
    agents.addAll(List.of(tails.agent(), agent.agent()));
    for (int i = 0; i < STREAMS; i++) {
      CountingTransport stream = new CountingTransport();
      streams.add(stream);
      agent.offerRegister(
          new ConnectionRequest(
              stream,
              new Subscriber(null, channel -> true, () -> false, Long.MAX_VALUE, Long.MAX_VALUE),
              Set.of(Deliveries.CHANNEL),
              StartPosition.LATEST,
              0,
              0));
    }
    while (streams.stream().anyMatch(stream -> stream.turns() == 0)) {
      agents.forEach(Agent::doWork);
    }
  }

  /** One record, and as many turns as there are streams. */
  @Benchmark
  public long deliver() {
    consumer.addRecord(record());
    expected++;
    CountingTransport last = streams.getLast();
    while (last.events() < expected) {
      agents.forEach(Agent::doWork);
    }
    return last.events();
  }

  private ConsumerRecord<byte[], byte[]> record() {
    byte[] value = Deliveries.value(1_000_000L + offset, DATA_BYTES);
    RecordHeaders headers = new RecordHeaders();
    if (traces.endsWith("sampled")) {
      String parent = TRACE + (traces.equals("sampled") ? '1' : '0');
      headers.add("traceparent", parent.getBytes(StandardCharsets.ISO_8859_1));
    }
    return new ConsumerRecord<>(
        topicPartition.topic(),
        topicPartition.partition(),
        offset++,
        EdgeClock.SYSTEM.millis(),
        TimestampType.CREATE_TIME,
        -1,
        value.length,
        null,
        value,
        headers,
        Optional.empty());
  }

  private record FixedSlots(SlotMaps maps) implements KnownSlots {
    @Override
    public SlotMaps get() {
      return maps;
    }

    @Override
    public long heardMs() {
      return EdgeClock.SYSTEM.millis();
    }
  }

  /** Lanes that held nothing when the edge came. */
  private static final class EmptyLanes implements LaneOffsets, CatchUpRequests {
    @Override
    public CompletableFuture<Long> start(LanePartition partition) {
      return CompletableFuture.completedFuture(0L);
    }

    @Override
    public CompletableFuture<Long> end(LanePartition partition) {
      return CompletableFuture.completedFuture(0L);
    }

    @Override
    public CompletableFuture<Long> atTime(LanePartition partition, long timestampMs) {
      return CompletableFuture.completedFuture(NONE);
    }

    @Override
    public boolean offer(CatchUpSession session) {
      throw new IllegalStateException("nobody lacks anything");
    }

    @Override
    public boolean offer(LastEventsSearch search) {
      throw new IllegalStateException("nobody asks for what was before");
    }
  }

  /** A stream whose socket takes everything. */
  private static final class CountingTransport implements Transport {
    private long events;
    private long turns;
    private int bytes;

    long events() {
      return events;
    }

    long turns() {
      return turns;
    }

    @Override
    public Kind kind() {
      return Kind.SSE;
    }

    @Override
    public void event(LogEntry entry, CursorSource cursor) {
      events++;
      bytes += entry.value().length;
    }

    @Override
    public void notice(Notice notice, CursorSource cursor) {
      bytes++;
    }

    @Override
    public int turnBytes() {
      return bytes;
    }

    @Override
    public boolean isTurnFull() {
      return false;
    }

    @Override
    public void flush(CursorSource cursor, WriteCallback callback) {
      turns++;
      bytes = 0;
      callback.onWritten(null);
    }

    @Override
    public void close(DisconnectReason reason) {
      throw new IllegalStateException("ended: " + reason);
    }
  }

  private static final class Unheard implements DeliveryListener, TailListener {
    @Override
    public void onOpened(Transport.Kind kind) {}

    @Override
    public void onClosed(Transport.Kind kind, @Nullable DisconnectReason reason) {}

    @Override
    public void onTurn(Transport.Kind kind, int events, int bytes, long liveMs) {}

    @Override
    public void onLateWrite(Transport.Kind kind, long tookMs) {}

    @Override
    public void onCensus(int agent, ConnectionCensus census) {}

    @Override
    public void onGap(Notice.Gap.Reason reason) {}

    @Override
    public void onResumed(Notice.Gap.@Nullable Reason gap) {}

    @Override
    public void onWithdrawn() {}

    @Override
    public void onSlow(SlowPolicy applied) {}

    @Override
    public void onRead(int records, int kept, int repeated, long bytes) {}

    @Override
    public void onUnreadable(int records) {}

    @Override
    public void onWanted(int deliveries) {}

    @Override
    public void onFollowed() {}

    @Override
    public void onUnfollowed() {}
  }
}
