package dev.tailrace.dispatcher.pump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.dispatcher.config.DispatcherConfig;
import dev.tailrace.dispatcher.config.PumpConfig;
import dev.tailrace.dispatcher.ingress.EventReader;
import dev.tailrace.dispatcher.metrics.DispatcherMetrics;
import dev.tailrace.dispatcher.routing.Router;
import dev.tailrace.schemas.EventLimits;
import dev.tailrace.schemas.SourceId;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.fleet.HotAddresses;
import dev.tailrace.v1.Event;
import dev.tailrace.v1.SlotFence;
import dev.tailrace.v1.SlotMove;
import dev.tailrace.v1.SlotRecord;
import dev.tailrace.v1.SourceOffset;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A pump while slots move. */
class PumpMovesTest {
  private static final TopicPartition INGRESS = new TopicPartition("t", 0);
  private static final SourceId SOURCE = new SourceId(1, 2, 0);

  private long nowMs = 50_000;
  private final InstantSource time = () -> Instant.ofEpochMilli(nowMs);
  private final Clock clock = time.withZone(ZoneOffset.UTC);
  private final DispatcherMetrics metrics = new DispatcherMetrics();
  private final FixedSlots slots = new FixedSlots(1, 1);
  private final Group group = new Group();
  private final LaneMarks marks = new LaneMarks();
  private final LaneReadBack readBack = new LaneReadBack(this::lanes, slots, marks);
  private final PumpConfig config =
      DispatcherConfig.from(Settings.of(Map.of("dispatcher.poll.interval", "0ms"))).pump();
  private final Lease lease = new Lease(config.lease().toMillis(), nowMs);
  private final MockProducer<byte[], byte[]> kafka =
      new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final LaneProducer producer = new LaneProducer(kafka, clock, pollMs -> {});

  /** One copy at a time. */
  private final EventDispatch dispatch =
      new EventDispatch(
          new Router(new EventReader(List.of()), EventLimits.DEFAULT, 1 << 20),
          slots,
          marks,
          producer,
          lease,
          1,
          clock,
          metrics,
          new HotAddresses(),
          RouteTraces.off());

  private final TopicIds topicIds = new TopicIds(SourceStartsTest.admin(), new MetadataWatch());
  private final SourceStarts starts =
      new SourceStarts(
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
  private final PumpRun run =
      new PumpRun(
          group, producer, dispatch, readBack, starts, topicIds, slots, lease, config, clock);

  PumpMovesTest() {
    PartitionInfo partition = new PartitionInfo("t", 0, Node.noNode(), new Node[0], new Node[0]);
    group.updatePartitions("t", List.of(partition));
    group.updateBeginningOffsets(Map.of(INGRESS, 0L));
    group.updateEndOffsets(Map.of(INGRESS, 10L, new TopicPartition(Topics.SLOTS, 0), 5L));
    run.subscribe(List.of("t"));
    group.rebalance(Set.of(INGRESS));
  }

  @AfterEach
  void close() {
    run.close();
    metrics.close();
  }

  @Test
  void shouldStopReadingAndSaySoOnceTheGroupHasTakenACommitSentAfterThat() {
    turns(3);
    assertThat(source().state()).isEqualTo(SourceState.RUNNING);
    nowMs += 2_000;
    group.take = false;
    run.turn(); // a commit is under way that was sent before
    assertThat(group.commits).hasSize(1);

    slots.add(move());
    event(0);
    turns(2);
    assertThat(source().position()).as("nothing is read").isZero();
    assertThat(status().hold()).isEqualTo(new PumpStatus.Hold(2, nowMs, false));
    group.commits.removeFirst().onComplete(Map.of(), null);
    run.turn();
    assertThat(status().hold().confirmed()).as("that proves nothing").isFalse();

    nowMs += 200;
    turns(1);
    group.commits.removeLast().onComplete(Map.of(), null);
    assertThat(status().hold().confirmed()).isTrue();
    assertThat(status().reason()).isEmpty();
    group.take = true;
    nowMs += 9_900;
    run.turn();
    assertThat(status().reason()).contains("a move of slots waits for somebody");

    slots.add(fence(0));
    run.turn();
    assertThat(status().hold().version()).isZero();
    assertThat(source().position()).isEqualTo(1);
  }

  @Test
  void shouldSendWhatItHasReadByTheVersionBeforeAndTheRestByTheNext() {
    turns(3);
    event(0);
    event(1);
    turns(2);
    assertThat(source().waiting()).isEqualTo(2);
    slots.add(move());
    event(2);
    run.turn();
    acknowledgeAll();
    assertThat(source().acknowledged()).isEqualTo(2);
    slots.add(fence(2));
    run.turn();
    acknowledgeAll();
    assertThat(kafka.history())
        .extracting(
            record ->
                record.topic()
                    + " "
                    + Objects.requireNonNull(LaneCopy.of(record.value())).version())
        .containsExactly("tailrace.channels 1", "tailrace.channels 1", "tailrace.channels.g2 2");
    assertThat(source().acknowledged()).isEqualTo(3);
  }

  /** What it wrote behind the fence is void; from there on its copies would hide the right ones. */
  @Test
  void shouldStartAgainWhenItHearsOfAFenceThatItHasPassed() {
    turns(3);
    event(0);
    event(1);
    turns(2);
    acknowledgeAll();
    event(2);
    slots.add(move());
    slots.add(fence(1));

    assertThatThrownBy(run::turn)
        .isInstanceOf(PumpStoppedException.class)
        .hasMessageContaining("heard of too late, after offset 1");
    assertThat(kafka.history()).hasSize(2);
  }

  @Test
  void shouldStartAPartitionThatItIsGivenAndReadItAfterTheFenceOnly() {
    slots.add(move());
    event(0);
    turns(4);
    assertThat(source().state()).isEqualTo(SourceState.RUNNING);
    assertThat(source().id()).isEqualTo(SOURCE);
    assertThat(source().position()).isZero();
    nowMs += 200;
    turns(2);
    assertThat(status().hold().confirmed()).isTrue();
    slots.add(fence(1));
    turns(2);
    assertThat(source().position()).isEqualTo(1);
  }

  @Test
  void shouldNotStartBeforeItKnowsWhatWasSaidOfSlotsWhileAnotherHadThePartition() {
    slots.readTo(4);
    turns(4);
    assertThat(source().state()).isEqualTo(SourceState.ASSIGNED);
    assertThat(status().reason()).isEqualTo("reads tailrace.slots before it starts its partitions");
    slots.readTo(5);
    turns(3);
    assertThat(source().state()).isEqualTo(SourceState.RUNNING);
  }

  private void turns(int turns) {
    for (int turn = 0; turn < turns; turn++) {
      run.turn();
    }
  }

  private void acknowledgeAll() {
    for (int copy = 0; copy < 5; copy++) {
      kafka.completeNext();
      run.turn();
    }
  }

  private PumpStatus status() {
    return run.describe(PumpStatus.initial("pump", nowMs), nowMs);
  }

  private PumpStatus.Source source() {
    return status().sources().getFirst();
  }

  private void event(long offset) {
    byte[] value = Event.newBuilder().addChannels("c").build().toByteArray();
    group.addRecord(new ConsumerRecord<>("t", 0, offset, new byte[0], value));
  }

  private static SlotRecord move() {
    return SlotRecord.newBuilder()
        .setMove(SlotMove.newBuilder().setVersion(2).setLane("c").setGeneration(2).setPartitions(2))
        .build();
  }

  private static SlotRecord fence(long offset) {
    SourceOffset first =
        SourceOffset.newBuilder().setTopicId(SOURCE.topicId()).setOffset(offset).build();
    return SlotRecord.newBuilder()
        .setFence(SlotFence.newBuilder().setVersion(2).addFirst(first))
        .build();
  }

  private Consumer<byte[], byte[]> lanes() {
    MockConsumer<byte[], byte[]> lanes = new SourceStartsTest.TimelessConsumer();
    Map<TopicPartition, Long> empty = new HashMap<>();
    for (String topic : List.of(Topics.USERS, Topics.CHANNELS, Topics.CHANNELS + ".g2")) {
      empty.put(new TopicPartition(topic, 0), 0L);
      empty.put(new TopicPartition(topic, 1), 0L);
    }
    lanes.updateBeginningOffsets(empty);
    lanes.updateEndOffsets(empty);
    return lanes;
  }

  /** Takes commits, or leaves them to the test. */
  private static final class Group extends SourceStartsTest.TimelessConsumer {
    private final List<OffsetCommitCallback> commits = new ArrayList<>();
    private boolean take = true;

    @Override
    public synchronized void commitAsync(
        Map<TopicPartition, OffsetAndMetadata> offsets, OffsetCommitCallback callback) {
      if (take) {
        super.commitAsync(offsets, callback);
      } else {
        commits.add(callback);
      }
    }
  }
}
