package dev.tailrace.infra.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildProcessTest {
  private static final Duration LONGEST = Duration.ofSeconds(20);

  @TempDir private Path folder;
  private final List<String> lines = new CopyOnWriteArrayList<>();

  private ChildProcess start(String script) {
    return ChildProcess.start(
        "child", List.of("sh", "-c", script), folder.resolve("child.log"), lines::add);
  }

  @Test
  void shouldKeepWhatAProcessSaidLastAndHowItEnded() {
    ChildProcess child = start("for i in $(seq 40); do echo line $i; done; echo end >&2; exit 3");

    // The last line may be read after the end.
    await().atMost(LONGEST).until(() -> !child.isAlive() && lines.size() >= 41);

    assertThat(child.exitCode()).isEqualTo(3);
    assertThat(child.lastLines()).hasSize(15).contains("line 40", "end").doesNotContain("line 1");
    assertThat(lines).hasSize(41);
    assertThat(folder.resolve("child.log")).content().contains("line 1\n", "line 40\n");
    child.close();
  }

  @Test
  void shouldAskAProcessToStop() {
    ChildProcess child =
        start("trap 'echo asked; exit 0' TERM; echo up; while :; do sleep 0.1; done");
    await().atMost(LONGEST).until(() -> lines.contains("up"));
    child.allow(LONGEST);

    child.close();

    assertThat(child.isAlive()).isFalse();
    assertThat(child.exitCode()).isZero();
    await().atMost(LONGEST).until(() -> lines.contains("asked"));
    assertThat(child.lastLines()).contains("asked");
  }

  @Test
  void shouldEndAProcessWithItsInput() {
    ChildProcess child = start("exec cat");

    child.close();

    assertThat(child.isAlive()).isFalse();
  }

  @Test
  void shouldSayThatAProcessCannotBeStarted() {
    assertThatThrownBy(
            () ->
                ChildProcess.start(
                    "child", List.of("no-such-program"), folder.resolve("log"), lines::add))
        .isInstanceOf(StackException.class)
        .hasMessageContaining("no-such-program");
  }
}
