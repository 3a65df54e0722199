package dev.tailrace.dispatcher.slots;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.schemas.LanePartition;
import dev.tailrace.schemas.SlotHash;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.schemas.SlotMaps;
import dev.tailrace.schemas.SourceId;
import dev.tailrace.support.slots.SlotRecords;
import dev.tailrace.v1.SlotFence;
import dev.tailrace.v1.SlotMove;
import dev.tailrace.v1.SlotRecord;
import dev.tailrace.v1.SlotRequest;
import dev.tailrace.v1.SlotSettlement;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MoveCoordinatorTest {
  private static final SourceId FIRST = new SourceId(1, 2, 0);
  private static final SourceId SECOND = new SourceId(1, 2, 1);
  private static final Clock CLOCK = Clock.fixed(Instant.ofEpochMilli(70_005), ZoneOffset.UTC);

  private final List<SlotRecord> topic = new ArrayList<>();
  private final FakeCluster cluster = new FakeCluster();
  private SlotMaps maps = SlotMaps.of(SlotMap.initial(2, 3));
  private MoveLog log = new MoveLog();

  @Test
  void shouldTakeARequestAllTheWay() {
    assertThat(coordinator().hasWork()).isFalse();
    write(grow("a", 8));
    assertThat(coordinator().hasWork()).isTrue();

    SlotMove move = step().getMove();
    assertThat(cluster.created).containsExactly("tailrace.channels.g2 of 8");
    assertThat(move.getVersion()).isEqualTo(2);
    assertThat(move.getGeneration()).isEqualTo(2);
    assertThat(move.getPartitions()).isEqualTo(8);
    assertThat(move.getRequestId()).isEqualTo("a");

    assertThat(coordinator().next()).as("nobody is held").isNull();
    write(SlotRecords.held(2, FIRST));
    assertThat(coordinator().next()).as("one is not held").isNull();
    write(SlotRecords.held(2, SECOND));
    SlotFence fence = step().getFence();
    assertThat(fence.getVersion()).isEqualTo(2);
    assertThat(maps.fence(2)).isEqualTo(Map.of(FIRST, 100L, SECOND, 200L));

    write(SlotRecords.passed(2, SECOND));
    assertThat(coordinator().next()).as("one has not passed").isNull();
    write(SlotRecords.passed(2, FIRST));
    SlotSettlement settlement = step().getSettlement();
    assertThat(settlement.getEndsList())
        .extracting(end -> end.getGeneration() + "-" + end.getPartition() + "." + end.getOffset())
        .containsExactlyInAnyOrder("1-0.7", "1-1.7", "1-2.7");
    assertThat(maps.settledMs(2)).isEqualTo(70_005);
    assertThat(coordinator().hasWork()).isFalse();
    assertThat(coordinator().next()).isNull();
  }

  @Test
  void shouldDoTheSameAgainAfterACrashAtAnyPoint() {
    write(isolate("a", 77));
    SlotRecord move = coordinator().next();
    restart();
    assertThat(coordinator().next()).as("its move was not written").isEqualTo(move);
    write(move);
    restart();
    assertThat(coordinator().next()).isNull();
    write(SlotRecords.held(2, FIRST));
    write(SlotRecords.held(2, SECOND));
    restart();
    SlotRecord fence = step();
    cluster.end += 50;
    write(fence);
    restart();
    assertThat(maps.fence(2)).containsEntry(FIRST, 100L);
    write(SlotRecords.passed(2, FIRST));
    write(SlotRecords.passed(2, SECOND));
    restart();
    assertThat(step().getSettlement().getEndsList()).as("the one it has left").hasSize(1);
    restart();
    assertThat(coordinator().hasWork()).isFalse();
  }

  @Test
  void shouldTakeOneRequestAtATimeTheOldestFirst() {
    write(isolate("a", 5));
    write(isolate("b", 5));
    write(isolate("c", 6));
    assertThat(step().getMove().getRequestId()).isEqualTo("a");
    assertThat(coordinator().next()).isNull();
    settle(2);
    SlotRecord refusal = step();
    assertThat(refusal.getRefusal().getId()).isEqualTo("b");
    assertThat(refusal.getRefusal().getReason())
        .isEqualTo("slot 5 of the channel lane is isolated already, on c2-0");
    assertThat(step().getMove().getRequestId()).isEqualTo("c");
  }

  @Test
  void shouldSayWhatCannotBe() {
    assertThat(refusal(grow("a", 3))).contains("has 3 partitions");
    assertThat(refusal(grow("b", 4_097))).contains("4,096 partitions at most");
    assertThat(refusal(isolate("c", SlotHash.BROADCAST_SLOT))).contains("$broadcast");
    assertThat(refusal(isolate("d", -1))).contains("no slot -1");
    assertThat(refusal(request(SlotRequest.newBuilder().setId("e").setLane("x").setGrowTo(9))))
        .contains("no lane 'x'");
    assertThat(refusal(request(SlotRequest.newBuilder().setId("f").setLane("u"))))
        .contains("nothing that this dispatcher knows");
    cluster.obstacle = "it is there";
    assertThat(refusal(grow("g", 9))).isEqualTo("it is there");
  }

  @Test
  void shouldNotWaitForPartitionsThatAreGone() {
    write(grow("a", 8));
    step();
    SourceId again = new SourceId(9, 9, 0);
    write(SlotRecords.held(2, FIRST));
    cluster.sources = Set.of(again);
    assertThat(coordinator().next()).as("the new one is not held").isNull();
    write(SlotRecords.held(2, again));
    step();
    cluster.sources = Set.of();
    assertThat(step().hasSettlement()).isTrue();
  }

  @Test
  void shouldNotFenceOverAPartitionThatWasAddedInBetween() {
    write(grow("a", 8));
    step();
    write(SlotRecords.held(2, FIRST));
    cluster.sources = Set.of(FIRST);
    cluster.atTheEnds = Set.of(FIRST, SECOND);
    assertThat(coordinator().next()).isNull();
    write(SlotRecords.held(2, SECOND));
    assertThat(step().getFence().getFirstList()).hasSize(2);
  }

  /** A pump reads a partition of which the broker that was asked has not heard yet. */
  @Test
  void shouldNotFenceWithoutAPartitionThatSomebodyReads() {
    write(grow("a", 8));
    step();
    write(SlotRecords.held(2, FIRST));
    write(SlotRecords.held(2, SECOND));
    cluster.sources = Set.of(FIRST);
    cluster.unseen = Set.of(SECOND);
    assertThat(coordinator().next()).isNull();
    cluster.sources = Set.of(FIRST, SECOND);
    assertThat(step().getFence().getFirstList()).hasSize(2);
  }

  private String refusal(SlotRecord request) {
    write(request);
    return step().getRefusal().getReason();
  }

  private void settle(int version) {
    for (SourceId source : List.of(FIRST, SECOND)) {
      write(SlotRecords.held(version, source));
    }
    step();
    for (SourceId source : List.of(FIRST, SECOND)) {
      write(SlotRecords.passed(version, source));
    }
    step();
  }

  /** The record that comes next, written. */
  private SlotRecord step() {
    SlotRecord next = coordinator().next();
    assertThat(next).isNotNull();
    write(next);
    return next;
  }

  private MoveCoordinator coordinator() {
    return new MoveCoordinator(() -> maps, log, cluster, CLOCK);
  }

  private void write(SlotRecord record) {
    topic.add(record);
    maps = maps.with(record);
    log.onRecord(record);
  }

  private void restart() {
    maps = SlotMaps.of(SlotMap.initial(2, 3));
    log = new MoveLog();
    List<SlotRecord> written = List.copyOf(topic);
    topic.clear();
    written.forEach(this::write);
  }

  private static SlotRecord grow(String id, int partitions) {
    return request(SlotRequest.newBuilder().setId(id).setLane("c").setGrowTo(partitions));
  }

  private static SlotRecord isolate(String id, int slot) {
    return request(SlotRequest.newBuilder().setId(id).setLane("c").setIsolateSlot(slot));
  }

  private static SlotRecord request(SlotRequest.Builder request) {
    return SlotRecord.newBuilder().setRequest(request).build();
  }

  private static final class FakeCluster implements MoveCluster {
    private final List<String> created = new ArrayList<>();
    private Set<SourceId> sources = Set.of(FIRST, SECOND);
    private Set<SourceId> atTheEnds = Set.of();

    /** A broker that is behind does not show these, for a moment. */
    private Set<SourceId> unseen = Set.of();

    private String obstacle = "";
    private long end = 100;

    @Override
    public Set<SourceId> sources() {
      return sources;
    }

    @Override
    public boolean areGone(Collection<SourceId> asked) {
      return asked.stream()
          .allMatch(source -> !sources.contains(source) && !unseen.contains(source));
    }

    @Override
    public Map<SourceId, Long> sourceEnds() {
      Map<SourceId, Long> ends = new HashMap<>();
      for (SourceId source : atTheEnds.isEmpty() ? sources : atTheEnds) {
        ends.put(source, end * (source.partition() + 1));
      }
      return ends;
    }

    @Override
    public Map<LanePartition, Long> laneEnds(Collection<LanePartition> partitions) {
      Map<LanePartition, Long> ends = new HashMap<>();
      partitions.forEach(partition -> ends.put(partition, 7L));
      return ends;
    }

    @Override
    public String createGeneration(String topic, int partitions) {
      created.add(topic + " of " + partitions);
      return obstacle;
    }
  }
}
