package dev.tailrace.dispatcher.pump;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.dispatcher.config.DispatcherConfig;
import dev.tailrace.dispatcher.config.PumpConfig;
import dev.tailrace.dispatcher.ingress.EventReader;
import dev.tailrace.dispatcher.metrics.DispatcherMetrics;
import dev.tailrace.dispatcher.routing.Router;
import dev.tailrace.schemas.EventLimits;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.fleet.HotAddresses;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsResult;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The very first start of a topic from its end, by several pumps at once. */
class SourceStartsTest {
  static final Uuid TOPIC_ID = new Uuid(1, 2);
  private static final TopicPartition FIRST = new TopicPartition("t", 0);
  private static final TopicPartition SECOND = new TopicPartition("t", 1);
  private static final TopicPartition SLOTS = new TopicPartition(Topics.SLOTS, 0);

  private long nowMs = 50_000;
  private final InstantSource time = () -> Instant.ofEpochMilli(nowMs);
  private final Clock clock = time.withZone(ZoneOffset.UTC);
  private final DispatcherMetrics metrics = new DispatcherMetrics();
  private final TimelessConsumer group = new TimelessConsumer();
  private final LaneMarks marks = new LaneMarks();
  private final FixedSlots slots = new FixedSlots(1, 1);
  private final LaneReadBack readBack = new LaneReadBack(this::lanes, slots, marks);
  private final PumpConfig config =
      DispatcherConfig.from(Settings.of(Map.of("dispatcher.start", "latest"))).pump();
  private final Lease lease = new Lease(config.lease().toMillis(), nowMs);
  private final LaneProducer producer =
      new LaneProducer(
          new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer()),
          clock,
          pollMs -> {});
  private final EventDispatch dispatch =
      new EventDispatch(
          new Router(new EventReader(List.of()), EventLimits.DEFAULT, 1 << 20),
          slots,
          marks,
          producer,
          lease,
          1 << 20,
          clock,
          metrics,
          new HotAddresses(),
          RouteTraces.off());
  private final TopicIds topicIds = new TopicIds(admin(), new MetadataWatch());
  private final SourceStarts starts = starts();

  @AfterEach
  void close() {
    readBack.close();
    group.close();
    metrics.close();
  }

  @Test
  void shouldLeaveTheEndsOfAllPartitionsToWhoeverHasTheFirst() {
    ends(5, 7);
    SourceProgress second = gained(SECOND);
    advance(List.of(second));
    assertThat(second.state()).isEqualTo(SourceState.ASSIGNED);
    assertThat(committed()).isEmpty();

    commitFirst();
    ends(6, 9);
    nowMs += 500;
    advance(List.of(second));
    assertThat(second.state()).isEqualTo(SourceState.RUNNING);
    assertThat(second.position()).as("whole from where the first pump found it").isEqualTo(7);
  }

  @Test
  void shouldCommitTheEndsOfAllPartitionsAtOnceWithTheFirst() {
    ends(5, 7);
    SourceProgress first = gained(FIRST);
    advance(List.of(first));
    assertThat(first.state()).isEqualTo(SourceState.RUNNING);
    assertThat(committed()).isEqualTo(Map.of(FIRST, 5L, SECOND, 7L));
  }

  @Test
  void shouldAskForTheFirstCommitNowAndThenOnly() {
    ends(5, 7);
    SourceProgress second = gained(SECOND);
    advance(List.of(second));
    nowMs += 499;
    advance(List.of(second));
    assertThat(starts.areDue(List.of(second))).isFalse();
    assertThat(group.lookUps).isEqualTo(1);

    nowMs += 1;
    assertThat(starts.areDue(List.of(second))).isTrue();
    advance(List.of(second));
    assertThat(group.lookUps).isEqualTo(2);
  }

  @Test
  void shouldNotWaitForACommitOfItsOwn() {
    ends(5, 7);
    SourceProgress second = gained(SECOND);
    advance(List.of(second));
    SourceProgress first = gained(FIRST);
    advance(List.of(second, first));
    assertThat(first.state()).isEqualTo(SourceState.RUNNING);
    advance(List.of(second, first));
    assertThat(second.state()).isEqualTo(SourceState.RUNNING);
  }

  @Test
  void shouldLookAtOnceForAPartitionThatWentAndCameBack() {
    ends(5, 7);
    advance(List.of(gained(SECOND)));
    starts.forget(Set.of(SECOND));
    assertThat(starts.areDue(List.of(gained(SECOND)))).isTrue();
  }

  @Test
  void shouldSayWhatItWaitsFor() {
    ends(5, 7);
    PumpRun run =
        new PumpRun(
            group, producer, dispatch, readBack, starts, topicIds, slots, lease, config, clock);
    run.subscribe(List.of("t"));
    group.rebalance(Set.of(SECOND));
    run.turn();
    PumpStatus status = run.describe(PumpStatus.initial("pump", nowMs), nowMs);
    assertThat(status.state()).isEqualTo(PumpState.STARTING_SOURCES);
    assertThat(status.reason())
        .isEqualTo("waiting for the first commit of t, by the pump that has partition 0");

    commitFirst();
    nowMs += 500;
    run.turn();
    assertThat(run.describe(status, nowMs).reason())
        .isEqualTo("reads the lanes back before it starts its partitions");
  }

  /** As the pump does that has the first partition. */
  private void commitFirst() {
    String metadata = new CommitMetadata(TOPIC_ID.toString(), null, 50_000).encode();
    group.commitSync(
        Map.of(
            FIRST, new OffsetAndMetadata(5, metadata), SECOND, new OffsetAndMetadata(7, metadata)));
  }

  private void advance(List<SourceProgress> sources) {
    for (int turn = 0; turn < 3; turn++) {
      readBack.turn(Duration.ZERO, nowMs);
      starts.advance(sources);
    }
  }

  private SourceProgress gained(TopicPartition partition) {
    group.assign(Set.of(FIRST, SECOND));
    return new SourceProgress(partition);
  }

  private void ends(long first, long second) {
    group.updateBeginningOffsets(Map.of(FIRST, 0L, SECOND, 0L));
    group.updateEndOffsets(Map.of(FIRST, first, SECOND, second, SLOTS, 5L));
  }

  private Map<TopicPartition, Long> committed() {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    group
        .committed(Set.of(FIRST, SECOND))
        .forEach((partition, commit) -> offsets.put(partition, commit.offset()));
    return offsets;
  }

  private Consumer<byte[], byte[]> lanes() {
    MockConsumer<byte[], byte[]> lanes = new TimelessConsumer();
    Map<TopicPartition, Long> empty = new HashMap<>();
    slots
        .get()
        .newest()
        .everyPartition()
        .forEach(lane -> empty.put(new TopicPartition(lane.topic(), lane.partition()), 0L));
    lanes.updateBeginningOffsets(empty);
    lanes.updateEndOffsets(empty);
    return lanes;
  }

  private SourceStarts starts() {
    List<PartitionInfo> partitions = new ArrayList<>();
    for (TopicPartition partition : List.of(FIRST, SECOND)) {
      partitions.add(
          new PartitionInfo("t", partition.partition(), Node.noNode(), new Node[0], new Node[0]));
    }
    group.updatePartitions("t", partitions);
    return new SourceStarts(
        group,
        topicIds,
        List.of("t"),
        readBack,
        marks,
        dispatch,
        lease,
        slots,
        config,
        clock,
        metrics);
  }

  /** Of topics that hold nothing with a time. */
  static class TimelessConsumer extends MockConsumer<byte[], byte[]> {
    private int lookUps;

    TimelessConsumer() {
      super("earliest");
    }

    @Override
    public synchronized Map<TopicPartition, OffsetAndMetadata> committed(
        Set<TopicPartition> partitions) {
      lookUps++;
      return super.committed(partitions);
    }

    @Override
    public synchronized Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(
        Map<TopicPartition, Long> times) {
      return Map.of();
    }
  }

  /** Knows the one topic. */
  static Admin admin() {
    TopicDescription topic = new TopicDescription("t", false, List.of(), Set.of(), TOPIC_ID);
    DescribeTopicsResult described =
        new DescribeTopicsResult(null, Map.of("t", KafkaFuture.completedFuture(topic))) {};
    return (Admin)
        Proxy.newProxyInstance(
            Admin.class.getClassLoader(), new Class<?>[] {Admin.class}, (p, m, a) -> described);
  }
}
