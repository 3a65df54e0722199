package dev.tailrace.dispatcher.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.dispatcher.pump.PumpState;
import dev.tailrace.dispatcher.pump.PumpStatus;
import dev.tailrace.dispatcher.pump.SourceState;
import java.util.List;
import org.junit.jupiter.api.Test;

class PumpPagesTest {
  private static final long NOW = 1_000_000;

  @Test
  void shouldBeReadyOnlyWhenEveryPumpIs() {
    PumpStatus ready = pump(PumpState.RUNNING, "", NOW - 100);
    assertThat(PumpPages.isReady(List.of(ready, ready), NOW)).isTrue();
    for (PumpState state : PumpState.values()) {
      if (state != PumpState.RUNNING) {
        assertThat(PumpPages.isReady(List.of(ready, pump(state, "", NOW)), NOW)).isFalse();
      }
    }
    PumpStatus slow = pump(PumpState.RUNNING, "broker away", NOW);
    assertThat(PumpPages.isReady(List.of(slow), NOW)).isFalse();
    assertThat(PumpPages.readiness(List.of(slow), NOW))
        .isEqualTo("not ready\npump: RUNNING - broker away\n  t-0: RUNNING\n  t-1: READING_BACK\n");
  }

  @Test
  void shouldNotTrustAPumpThatHasFallenSilent() {
    PumpStatus silent = pump(PumpState.RUNNING, "", NOW - 40_000);
    assertThat(PumpPages.isReady(List.of(silent), NOW)).isFalse();
    assertThat(PumpPages.readiness(List.of(silent), NOW))
        .contains("RUNNING - silent for 40,000 ms");
  }

  @Test
  void shouldSayThatAMoveHoldsAPumpAndForHowLong() {
    PumpStatus ready = pump(PumpState.RUNNING, "", NOW);
    PumpStatus held =
        new PumpStatus(
            "pump",
            PumpState.RUNNING,
            "",
            NOW,
            0,
            0,
            0,
            new PumpStatus.Hold(3, NOW - 1_250, true),
            List.of());
    assertThat(PumpPages.readiness(List.of(held), NOW))
        .isEqualTo("ready\npump: RUNNING - held by version 3 of the slot map for 1,250 ms\n");
    assertThat(PumpPages.dump(List.of(held), NOW)).contains("held by version 3");
    assertThat(PumpPages.heldMs(List.of(ready, held), NOW)).isEqualTo(1_250);
    assertThat(PumpPages.heldMs(List.of(ready), NOW)).isZero();
  }

  @Test
  void shouldDumpPositions() {
    assertThat(PumpPages.dump(List.of(pump(PumpState.RUNNING, "", NOW)), NOW))
        .contains("restarts 3, in flight 4,096 bytes, last acknowledged commit 70 ms old")
        .contains("t-0: RUNNING, position 12, acknowledged 10, waiting 2");
  }

  @Test
  void shouldCountAsLagWhatIsKnownOfIt() {
    assertThat(pump(PumpState.RUNNING, "", NOW).lag()).as("14 - 12, of two").isEqualTo(2);
  }

  private static PumpStatus pump(PumpState state, String reason, long atMs) {
    return new PumpStatus(
        "pump",
        state,
        reason,
        atMs,
        3,
        4_096,
        70,
        PumpStatus.Hold.NONE,
        List.of(
            new PumpStatus.Source("t", 1, null, SourceState.READING_BACK, -1, -1, 0, -1, 0, -1),
            new PumpStatus.Source("t", 0, null, SourceState.RUNNING, 12, 10, 2, 9, NOW - 70, 14)));
  }
}
