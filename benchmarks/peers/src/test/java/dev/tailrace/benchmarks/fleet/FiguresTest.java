package dev.tailrace.benchmarks.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.benchmarks.ResumingClients.Counts;
import dev.tailrace.benchmarks.ResumingClients.Resume;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FiguresTest {
  private static final long SECOND_NS = 1_000_000_000L;
  private static final long MS_NS = 1_000_000L;

  @Test
  void shouldCountFromWhenAnAttemptBegan() {
    List<Resume> resumes =
        IntStream.rangeClosed(1, 100)
            .mapToObj(i -> new Resume(5, 1_000, 1_000 + i * MS_NS, 1_000 + 2L * i * MS_NS))
            .toList();

    assertThat(new Figures().put("resume", resumes).values())
        .containsEntry("resume_count", 100L)
        .containsEntry("resume_open_ms_p50", 51.0)
        .containsEntry("resume_open_ms_p99", 100.0)
        .containsEntry("resume_caught_up_ms_max", 200.0);
    assertThat(new Figures().putLast("last_s", 1_000, resumes).values())
        .containsEntry("last_s", 0.2);
  }

  @Test
  void shouldFindTheBusiestSecond() {
    List<Resume> resumes =
        List.of(at(0), at(1), at(1), at(1), at(9), at(9), at(3), at(4), at(5), at(6));

    assertThat(new Figures().putPerSecond(resumes, 0, 10).values())
        .containsEntry("reconnects_per_second_mean", 1.0)
        .containsEntry("reconnects_per_second_max", 3L)
        .containsEntry("max_to_mean", 3.0);
  }

  @Test
  void shouldTakeWhatIsOutstandingForLost() {
    assertThat(new Figures().put(new Counts(1, 2, 30, 4, 5, 6, 7, 8, "")).values())
        .containsEntry("delivered", 30L)
        .containsEntry("lost", 6L)
        .containsEntry("duplicates", 5L)
        .containsEntry("refused_attempts", 8L);
  }

  private static Resume at(int second) {
    long ns = second * SECOND_NS + SECOND_NS / 2;
    return new Resume(1, 1, ns, ns);
  }
}
