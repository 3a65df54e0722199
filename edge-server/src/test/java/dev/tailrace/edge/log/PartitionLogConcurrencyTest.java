package dev.tailrace.edge.log;

import static dev.tailrace.edge.log.Entries.PARTITION;
import static dev.tailrace.edge.log.Entries.entry;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * One thread appends while others read. What the writer appended is a function of the offset, so a
 * reader can tell whether it saw all of it, in order, whole.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class PartitionLogConcurrencyTest {
  private static final long END = 60_000;
  private static final int CAPACITY = 256 << 10;

  private final PartitionLog log = new PartitionLog(PARTITION, 0, CAPACITY);

  @Test
  void shouldGiveASweepingReaderEveryEntryInOrderWhileTheWriterGoesOn() throws Exception {
    AtomicLong sweep = log.addSweep();

    run(this::appendAll, () -> sweepAll(sweep));

    assertThat(log.bytes()).isLessThanOrEqualTo(CAPACITY);
  }

  @Test
  void shouldNeverSkipWithinTheWindowForAReaderThatFallsBehind() throws Exception {
    AtomicLong sweep = log.addSweep();

    run(this::appendAll, () -> sweepAll(sweep), this::readLazily);
  }

  @SafeVarargs
  private static void run(Callable<Void>... tasks) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(tasks.length)) {
      List<Future<Void>> running = new ArrayList<>();
      for (Callable<Void> task : tasks) {
        running.add(threads.submit(task));
      }
      for (Future<Void> one : running) {
        one.get();
      }
    }
  }

  private static boolean isHole(long offset) {
    return offset % 5 == 2 || offset % 97 < 3;
  }

  private static int sizeAt(long offset) {
    return (int) (offset % 61);
  }

  private Void appendAll() {
    long offset = 0;
    List<LogEntry> batch = new ArrayList<>();
    while (offset < END) {
      if (log.isFull()) {
        log.evict();
        Thread.onSpinWait();
        continue;
      }
      batch.clear();
      long until = Math.min(END, offset + 1 + offset % 13);
      for (; offset < until; offset++) {
        if (!isHole(offset)) {
          batch.add(entry(offset, sizeAt(offset)));
        }
      }
      log.append(batch, offset);
    }
    return null;
  }

  /** As a delivery agent does: everything, and says how far it came. */
  private Void sweepAll(AtomicLong sweep) {
    long[] expected = {0};
    long position = 0;
    while (position < END) {
      long next =
          log.read(
              position,
              entry -> {
                check(entry, expected);
                entry.keepEncoding(0, new byte[8]);
                return true;
              });
      assertThat(next).isGreaterThanOrEqualTo(position);
      position = next;
      sweep.set(position);
    }
    assertThat(nextEntry(expected[0])).isGreaterThanOrEqualTo(END);
    return null;
  }

  /** As a slow subscriber does: a few at a time, jumping to the window's start when overtaken. */
  private Void readLazily() {
    long position = 0;
    while (position < END) {
      long[] expected = {position};
      int[] left = {50};
      long next =
          log.read(
              position,
              entry -> {
                if (left[0]-- == 0) {
                  return false;
                }
                check(entry, expected);
                return true;
              });
      if (next == PartitionLog.BELOW_START) {
        position = Math.max(position, log.startOffset());
      } else {
        assertThat(nextEntry(expected[0])).isGreaterThanOrEqualTo(next);
        position = next;
      }
    }
    return null;
  }

  private static void check(LogEntry entry, long[] expected) {
    long offset = nextEntry(expected[0]);
    if (entry.offset() != offset || entry.value().length != sizeAt(offset)) {
      throw new AssertionError("expected " + offset + ", got " + entry.offset());
    }
    expected[0] = offset + 1;
  }

  private static long nextEntry(long from) {
    long offset = from;
    while (isHole(offset)) {
      offset++;
    }
    return offset;
  }
}
