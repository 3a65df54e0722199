package dev.tailrace.dispatcher.pump;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.dispatcher.config.DispatcherConfig;
import dev.tailrace.dispatcher.config.PumpConfig;
import dev.tailrace.dispatcher.metrics.DispatcherMetrics;
import dev.tailrace.dispatcher.routing.Router;
import dev.tailrace.schemas.EventLimits;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.support.config.Settings;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
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
  private static final Uuid TOPIC_ID = new Uuid(1, 2);
  private static final TopicPartition FIRST = new TopicPartition("t", 0);
  private static final TopicPartition SECOND = new TopicPartition("t", 1);
  private static final LanePartition LANE = new LanePartition(Lane.USERS, 1, 0);
  private static final TopicPartition LANE_TOPIC = new TopicPartition(LANE.topic(), 0);
  private static final Clock CLOCK = Clock.fixed(Instant.ofEpochMilli(50_000), ZoneOffset.UTC);

  private final DispatcherMetrics metrics = new DispatcherMetrics();
  private final MockConsumer<byte[], byte[]> group = new TimelessConsumer();
  private final LaneMarks marks = new LaneMarks();
  private final LaneReadBack readBack = new LaneReadBack(this::lanes, Set.of(LANE), marks);
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

    String metadata = new CommitMetadata(TOPIC_ID.toString(), null, 50_000).encode();
    group.commitSync(
        Map.of(
            FIRST, new OffsetAndMetadata(5, metadata), SECOND, new OffsetAndMetadata(7, metadata)));
    ends(6, 9);
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

  private void advance(List<SourceProgress> sources) {
    for (int turn = 0; turn < 3; turn++) {
      readBack.turn(Duration.ZERO, CLOCK.millis());
      starts.advance(sources);
    }
  }

  private SourceProgress gained(TopicPartition partition) {
    group.assign(Set.of(FIRST, SECOND));
    return new SourceProgress(partition);
  }

  private void ends(long first, long second) {
    group.updateBeginningOffsets(Map.of(FIRST, 0L, SECOND, 0L));
    group.updateEndOffsets(Map.of(FIRST, first, SECOND, second));
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
    lanes.updateBeginningOffsets(Map.of(LANE_TOPIC, 0L));
    lanes.updateEndOffsets(Map.of(LANE_TOPIC, 0L));
    return lanes;
  }

  private SourceStarts starts() {
    List<PartitionInfo> partitions = new ArrayList<>();
    for (TopicPartition partition : List.of(FIRST, SECOND)) {
      partitions.add(
          new PartitionInfo("t", partition.partition(), Node.noNode(), new Node[0], new Node[0]));
    }
    group.updatePartitions("t", partitions);
    PumpConfig config =
        DispatcherConfig.from(Settings.of(Map.of("dispatcher.start", "latest"))).pump();
    Lease lease = new Lease(10_000, CLOCK.millis());
    LaneProducer producer =
        new LaneProducer(
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer()),
            CLOCK,
            pollMs -> {});
    EventDispatch dispatch =
        new EventDispatch(
            new Router(EventLimits.DEFAULT, 1 << 20),
            SlotMap.initial(1, 1),
            marks,
            producer,
            lease,
            1 << 20,
            CLOCK,
            metrics);
    return new SourceStarts(
        group,
        new TopicIds(admin(), new MetadataWatch()),
        List.of("t"),
        readBack,
        marks,
        dispatch,
        lease,
        Set.of(LANE),
        1,
        config,
        CLOCK,
        metrics);
  }

  /** Of topics that hold nothing with a time. */
  private static final class TimelessConsumer extends MockConsumer<byte[], byte[]> {
    TimelessConsumer() {
      super("earliest");
    }

    @Override
    public synchronized Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(
        Map<TopicPartition, Long> times) {
      return Map.of();
    }
  }

  /** Knows the one topic. */
  private static Admin admin() {
    TopicDescription topic = new TopicDescription("t", false, List.of(), Set.of(), TOPIC_ID);
    DescribeTopicsResult described =
        new DescribeTopicsResult(null, Map.of("t", KafkaFuture.completedFuture(topic))) {};
    return (Admin)
        Proxy.newProxyInstance(
            Admin.class.getClassLoader(), new Class<?>[] {Admin.class}, (p, m, a) -> described);
  }
}
