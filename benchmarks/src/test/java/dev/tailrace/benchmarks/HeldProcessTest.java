package dev.tailrace.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class HeldProcessTest {
  /** Echoes each line it is given. */
  private static Process echo() throws Exception {
    return new ProcessBuilder("cat").start();
  }

  private static char state(Process process) throws Exception {
    String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
    return stat.charAt(stat.lastIndexOf(')') + 2);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void shouldHoldAProcessUntilItIsClosed() throws Exception {
    Process process = echo();
    try {
      try (HeldProcess _ = HeldProcess.hold(process.pid())) {
        // It has been told, and stops as soon as it is given a processor.
        await("stopped").until(() -> state(process) == 'T');
      }

      process.outputWriter().append("on\n").flush();
      assertThat(process.inputReader().readLine()).isEqualTo("on");
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void shouldNotHoldItselfNorWhatIsNotThere() throws Exception {
    Process process = echo();
    process.destroyForcibly().waitFor();

    assertThatThrownBy(() -> HeldProcess.hold(ProcessHandle.current().pid()))
        .isInstanceOf(BenchException.class)
        .hasMessageContaining("itself");
    assertThatThrownBy(() -> HeldProcess.hold(process.pid())).isInstanceOf(BenchException.class);
  }
}
