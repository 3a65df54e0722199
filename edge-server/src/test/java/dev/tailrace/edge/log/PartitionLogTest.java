package dev.tailrace.edge.log;

import static dev.tailrace.edge.log.Entries.PARTITION;
import static dev.tailrace.edge.log.Entries.entries;
import static dev.tailrace.edge.log.Entries.entry;
import static dev.tailrace.edge.log.Entries.read;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PartitionLogTest {
  private static final int CAPACITY = 64 << 10;
  private static final int ENTRY_BYTES = 1_000;

  private final PartitionLog log = new PartitionLog(PARTITION, 100, CAPACITY);

  @Test
  void shouldStartEmpty() {
    assertThat(log.startOffset()).isEqualTo(100);
    assertThat(log.endOffset()).isEqualTo(100);
    assertThat(log.read(100, entry -> true)).isEqualTo(100);
    assertThat(log.isFull()).isFalse();
    assertThat(log.isClosed()).isFalse();
  }

  @Test
  void shouldReadFromAnyPositionThoughOffsetsHaveHoles() {
    log.append(entries(10, 103, 104, 110), 112);
    log.append(entries(10, 120), 125);

    assertThat(read(log, 100)).containsExactly(103L, 104L, 110L, 120L);
    assertThat(read(log, 104)).containsExactly(104L, 110L, 120L);
    assertThat(read(log, 105)).containsExactly(110L, 120L);
    assertThat(read(log, 111)).containsExactly(120L);
    assertThat(read(log, 121)).isEmpty();
    assertThat(log.read(100, entry -> true)).isEqualTo(125);
    assertThat(log.read(121, entry -> true)).isEqualTo(125);
  }

  @Test
  void shouldMoveItsEndWithoutEntries() {
    log.append(List.of(), 140);

    assertThat(log.endOffset()).isEqualTo(140);
    assertThat(log.read(100, entry -> true)).isEqualTo(140);
  }

  @Test
  void shouldGoOnFromTheEntryThatWasLeft() {
    log.append(entries(10, 103, 104, 110), 112);

    assertThat(log.read(100, entry -> entry.offset() < 104)).isEqualTo(104);
    assertThat(read(log, 104)).containsExactly(104L, 110L);
  }

  @Test
  void shouldLeaveAPositionPastItsEndWhereItIs() {
    log.append(entries(10, 103), 104);

    assertThat(log.read(104, entry -> true)).isEqualTo(104);
    assertThat(log.read(999, entry -> true)).isEqualTo(999);
  }

  @Test
  void shouldSayWhenAPositionLiesBelowTheWindow() {
    log.append(entries(10, 103), 104);

    assertThat(log.read(99, entry -> true)).isEqualTo(PartitionLog.BELOW_START);
  }

  @Test
  void shouldLetTheOldestGoWhenItOutgrowsItsBound() {
    List<Long> appended = fill(200);

    assertThat(log.bytes()).isLessThanOrEqualTo(CAPACITY);
    assertThat(log.startOffset()).isGreaterThan(100);
    assertThat(log.read(log.startOffset() - 1, e -> true)).isEqualTo(PartitionLog.BELOW_START);
    assertThat(read(log, log.startOffset()))
        .isEqualTo(appended.stream().filter(o -> o >= log.startOffset()).toList())
        .hasSizeGreaterThan(40);
  }

  @Test
  void shouldCountEncodingsIntoItsBound() {
    fill(40);
    long before = log.startOffset();
    assertThat(before).isEqualTo(100);
    log.read(
        100,
        entry -> {
          entry.keepEncoding(0, new byte[ENTRY_BYTES]);
          entry.keepEncoding(3, new byte[2 * ENTRY_BYTES]);
          return true;
        });
    assertThat(log.bytes()).isGreaterThan(160_000);

    log.append(entries(10, 1_000), 1_001);

    assertThat(log.bytes()).isLessThanOrEqualTo(CAPACITY);
    assertThat(log.startOffset()).isGreaterThan(before);
    assertThat(read(log, log.startOffset())).endsWith(1_000L);
  }

  @Test
  void shouldCountAnEncodingThatTwoAgentsMadeOnce() {
    log.append(entries(10, 103), 104);
    long before = log.bytes();
    log.read(
        100,
        entry -> {
          entry.keepEncoding(1, new byte[500]);
          entry.keepEncoding(1, new byte[300]);
          entry.keepEncoding(2, new byte[7]);

          assertThat(entry.encoding(1)).hasSize(500);
          assertThat(entry.encoding(2)).hasSize(7);
          assertThat(entry.encoding(0)).isNull();
          return true;
        });

    assertThat(log.bytes()).isEqualTo(before + 507);
  }

  @Test
  void shouldFindEachEntryByItsOffsetWhileItIsHeld() {
    List<Long> appended = fill(400);
    List<Long> held = read(log, log.startOffset());

    assertThat(log.startOffset()).isGreaterThan(100);
    for (long offset : held) {
      assertThat(log.entryAt(offset)).isNotNull();
      assertThat(log.entryAt(offset).offset()).isEqualTo(offset);
    }
    assertThat(log.entryAt(appended.getFirst())).isNull();
    assertThat(log.entryAt(log.startOffset() - 1)).isNull();
    for (long offset = log.startOffset(); offset < log.endOffset() + 2; offset++) {
      if (!held.contains(offset)) {
        assertThat(log.entryAt(offset)).isNull();
      }
    }
  }

  @Test
  void shouldKeepWhatSomeAgentHasNotSwept() {
    AtomicLong fast = log.addSweep();
    AtomicLong slow = log.addSweep();
    List<Long> appended = fill(200);
    fast.set(log.endOffset());

    log.evict();

    assertThat(log.startOffset()).isEqualTo(100);
    assertThat(log.isFull()).isTrue();
    assertThat(read(log, 100)).isEqualTo(appended);

    slow.set(appended.get(150));
    log.evict();
    assertThat(log.startOffset()).isGreaterThan(100).isLessThanOrEqualTo(appended.get(150));
    assertThat(read(log, appended.get(150))).first().isEqualTo(appended.get(150));
    slow.set(log.endOffset());
    log.evict();
    assertThat(log.bytes()).isLessThanOrEqualTo(CAPACITY);
    assertThat(log.isFull()).isFalse();
  }

  @Test
  void shouldNotWaitForAnAgentThatIsGone() {
    AtomicLong gone = log.addSweep();
    fill(200);
    assertThat(log.isFull()).isTrue();

    log.removeSweep(gone);
    log.evict();

    assertThat(log.isFull()).isFalse();
    assertThat(log.bytes()).isLessThanOrEqualTo(CAPACITY);
  }

  @Test
  void shouldHoldOneEntryThatIsLargerThanItsBound() {
    log.append(entries(2 * CAPACITY, 103), 104);

    assertThat(log.isFull()).isFalse();
    assertThat(read(log, 100)).containsExactly(103L);
    log.append(entries(10, 105), 106);
    assertThat(read(log, log.startOffset())).containsExactly(105L);
  }

  @Test
  void shouldTellThatItsTailGaveItUp() {
    log.append(entries(10, 103), 104);

    log.close();

    assertThat(log.isClosed()).isTrue();
    assertThat(read(log, 100)).containsExactly(103L);
  }

  /** Appends so many entries, every third offset missing, a few at a time. */
  private List<Long> fill(int count) {
    List<Long> appended = new ArrayList<>();
    List<LogEntry> batch = new ArrayList<>();
    long offset = log.endOffset();
    for (int i = 0; i < count; i++) {
      offset += offset % 3 == 0 ? 2 : 1;
      batch.add(entry(offset, ENTRY_BYTES));
      appended.add(offset);
      if (batch.size() == 7) {
        log.append(batch, offset + 1);
        batch.clear();
      }
    }
    log.append(batch, offset + 1);
    return appended;
  }
}
