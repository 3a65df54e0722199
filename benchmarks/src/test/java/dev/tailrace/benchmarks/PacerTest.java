package dev.tailrace.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PacerTest {
  private static final long SECOND_NS = 1_000_000_000L;

  private final List<String> sent = new ArrayList<>();
  private final List<Long> early = new ArrayList<>();
  private final AtomicLong now = new AtomicLong();
  private final LoadPlan plan = new LoadPlan(2, 2, false, 4, 256, 1, 0, 0, 0, 1);

  /** Takes its time over each event. */
  private LoadPublisher publisher(long slownessNs) {
    return new LoadPublisher() {
      @Override
      public void publish(int address, long sequence, long dueNs) {
        sent.add(
            "%d:%d:%d@%d"
                .formatted(address, Stamp.run(sequence), Stamp.withoutRun(sequence), dueNs));
        if (now.get() < dueNs) {
          early.add(dueNs);
        }
        now.addAndGet(slownessNs);
      }

      @Override
      public long failures() {
        return 0;
      }

      @Override
      public void close() {}
    };
  }

  @Test
  void shouldGiveEachEventItsDueTimeEvenWhenItIsLate() {
    Pacer pacer =
        new Pacer(publisher(SECOND_NS), new Published(2), plan, 7, () -> now.addAndGet(1_000_000));

    long events = pacer.publish(0, SECOND_NS, 4);

    assertThat(events).isEqualTo(4);
    assertThat(sent)
        .containsExactly("0:7:0@0", "1:7:0@250000000", "0:7:1@500000000", "1:7:1@750000000");
  }

  @Test
  void shouldPublishNothingBeforeItIsDue() {
    long startNs = 1_000_000;
    Pacer pacer = new Pacer(publisher(0), new Published(2), plan, 7, () -> now.addAndGet(100_000));

    assertThat(pacer.publish(startNs, startNs + SECOND_NS / 1_000, 4_000)).isEqualTo(4);

    assertThat(early).isEmpty();
  }

  @Test
  void shouldPublishNothingMoreOnceStopped() {
    Pacer pacer = new Pacer(publisher(0), new Published(2), plan, 7, now::get);
    pacer.stop();

    assertThat(pacer.publish(0, SECOND_NS, 4)).isZero();
    assertThat(sent).isEmpty();
  }
}
