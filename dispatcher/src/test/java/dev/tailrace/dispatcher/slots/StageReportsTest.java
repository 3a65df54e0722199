package dev.tailrace.dispatcher.slots;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.dispatcher.pump.PumpState;
import dev.tailrace.dispatcher.pump.PumpStatus;
import dev.tailrace.dispatcher.pump.SourceState;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.schemas.SlotMaps;
import dev.tailrace.schemas.SourceId;
import dev.tailrace.support.slots.SlotRecords;
import dev.tailrace.v1.SlotFence;
import dev.tailrace.v1.SlotMove;
import dev.tailrace.v1.SlotRecord;
import dev.tailrace.v1.SourceOffset;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class StageReportsTest {
  private static final SourceId SOURCE = new SourceId(1, 2, 0);
  private static final PumpStatus.Hold HELD = new PumpStatus.Hold(2, 1_000, true);

  private long nowMs = 50_000;
  private final InstantSource time = () -> Instant.ofEpochMilli(nowMs);
  private final Clock clock = time.withZone(ZoneOffset.UTC);
  private final MoveLog log = new MoveLog();
  private final StageReports reports = new StageReports(log, clock);
  private SlotMaps maps = SlotMaps.of(SlotMap.initial(2, 3));

  @Test
  void shouldSayWhatIsHeldOnceThatIsSure() {
    assertThat(due(HELD, SOURCE, SourceState.RUNNING, 9)).as("no move").isEmpty();
    move();
    PumpStatus.Hold unsure = new PumpStatus.Hold(2, 1_000, false);
    assertThat(due(unsure, SOURCE, SourceState.RUNNING, 9)).isEmpty();
    assertThat(due(PumpStatus.Hold.NONE, SOURCE, SourceState.RUNNING, 9)).isEmpty();
    assertThat(due(HELD, null, SourceState.ASSIGNED, -1)).as("of which topic?").isEmpty();
    assertThat(due(HELD, SOURCE, SourceState.READING_BACK, -1))
        .containsExactly(SlotRecords.held(2, SOURCE));
  }

  @Test
  void shouldSayItAgainUntilTheTopicTellsIt() {
    move();
    assertThat(due(HELD, SOURCE, SourceState.RUNNING, 9)).hasSize(1);
    nowMs += 4_999;
    assertThat(due(HELD, SOURCE, SourceState.RUNNING, 9)).isEmpty();
    nowMs += 1;
    assertThat(due(HELD, SOURCE, SourceState.RUNNING, 9)).hasSize(1);
    log.onRecord(SlotRecords.held(2, SOURCE));
    nowMs += 5_000;
    assertThat(due(HELD, SOURCE, SourceState.RUNNING, 9)).isEmpty();
  }

  @Test
  void shouldSayWhatHasPassedTheFence() {
    move();
    fence(100);
    assertThat(due(PumpStatus.Hold.NONE, SOURCE, SourceState.RUNNING, 99)).isEmpty();
    assertThat(due(PumpStatus.Hold.NONE, SOURCE, SourceState.TELLING_GAP, 100)).isEmpty();
    assertThat(due(PumpStatus.Hold.NONE, SOURCE, SourceState.RUNNING, 100))
        .containsExactly(SlotRecords.passed(2, SOURCE));
  }

  @Test
  void shouldKeyRecordsAsTheSchemaSays() {
    assertThat(SlotRecords.key(SlotRecords.held(2, SOURCE)))
        .isEqualTo("held/2/AAAAAAAAAAEAAAAAAAAAAg/0");
    assertThat(SlotRecords.key(SlotRecords.passed(2, SOURCE))).startsWith("passed/2/");
  }

  private List<SlotRecord> due(
      PumpStatus.Hold hold, SourceId id, SourceState state, long acknowledged) {
    PumpStatus.Source source =
        new PumpStatus.Source("t", 0, id, state, acknowledged, acknowledged, 0, -1, 0, -1);
    PumpStatus pump =
        new PumpStatus("pump", PumpState.RUNNING, "", nowMs, 0, 0, 0, hold, List.of(source));
    return reports.due(maps, List.of(pump));
  }

  private void move() {
    maps =
        maps.with(
            SlotRecord.newBuilder()
                .setMove(
                    SlotMove.newBuilder()
                        .setVersion(2)
                        .setLane("c")
                        .setGeneration(2)
                        .setPartitions(8))
                .build());
  }

  private void fence(long offset) {
    SourceOffset first =
        SourceOffset.newBuilder().setTopicId(SOURCE.topicId()).setOffset(offset).build();
    maps =
        maps.with(
            SlotRecord.newBuilder()
                .setFence(SlotFence.newBuilder().setVersion(2).addFirst(first))
                .build());
  }
}
