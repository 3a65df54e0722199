package dev.tailrace.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProcessProbeTest {
  @Test
  void shouldNotEndAProcessThatIsNoJvm() throws Exception {
    // As nginx and NATS do; what does not catch the signal, jcmd leaves alone.
    Process shell =
        new ProcessBuilder("sh", "-c", "trap 'exit 3' QUIT; echo ready; read line; exit 0").start();
    try {
      assertThat(shell.inputReader().readLine()).isEqualTo("ready");

      assertThat(new ProcessProbe("shell", shell.pid()).heapBytes()).isNull();

      shell.outputWriter().close();
      assertThat(shell.waitFor()).isZero();
    } finally {
      shell.destroyForcibly();
    }
  }
}
