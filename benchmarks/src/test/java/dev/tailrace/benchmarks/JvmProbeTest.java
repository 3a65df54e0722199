package dev.tailrace.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.benchmarks.JvmProbe.JvmUse;
import dev.tailrace.benchmarks.JvmProbe.Stop;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class JvmProbeTest {
  private static final int MIB = 1 << 20;
  private static final int ALLOCATED_MIB = 64;

  /** What JMX and the program itself allocate besides. */
  private static final int SPARE_MIB = 4;

  /** For each line it is given it allocates, collects, and says so. */
  static final class Allocating {
    private Allocating() {}

    public static void main(String[] arguments) throws IOException {
      int sum = 0;
      while (System.in.read() != -1) {
        for (int i = 0; i < ALLOCATED_MIB; i++) {
          sum += new byte[MIB].length;
        }
        System.gc();
        System.out.println(sum);
      }
    }
  }

  private static void doOnce(Process process, BufferedReader output) throws IOException {
    process.outputWriter().append("x").flush();
    assertThat(output.readLine()).isNotNull();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void shouldCountWhatAnotherJvmAllocatesAndWhenItStandsStill() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Allocating.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader output = process.inputReader()) {
      doOnce(process, output);
      try (JvmProbe probe =
          Objects.requireNonNull(JvmProbe.attach(new ProcessProbe("other", process.pid())))) {
        Objects.requireNonNull(probe.use());
        JvmUse before = Objects.requireNonNull(probe.use());
        doOnce(process, output);
        JvmUse after = Objects.requireNonNull(probe.use());

        assertThat(after.allocatedBytes() - before.allocatedBytes())
            .isBetween((long) ALLOCATED_MIB * MIB, (long) (ALLOCATED_MIB + SPARE_MIB) * MIB);
        assertThat(after.stops()).hasSizeGreaterThan(Objects.requireNonNull(before.stops()).size());
        assertThat(after.stops()).allSatisfy(stop -> assertThat(stop.ns()).isPositive());
        assertThat(after.collector()).isEqualTo("Copy/MarkSweepCompact");
      }
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void shouldLeaveAloneWhatIsNoOtherJvm() throws Exception {
    Process process = new ProcessBuilder("cat").start();
    try {
      assertThat(JvmProbe.attach(new ProcessProbe("cat", process.pid()))).isNull();
      assertThat(JvmProbe.attach(new ProcessProbe("self", ProcessHandle.current().pid()))).isNull();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void shouldReadSafepointsAndLeaveOutALineThatIsNotWhole() {
    String log =
        """
        Safepoint "G1CollectForAllocation", Time since last: 9 ns, Reaching safepoint: 6349 ns, \
        At safepoint: 2330797 ns, Leaving safepoint: 1583 ns, Total: 2338729 ns, Threads: 0 runnable
        Safepoint "G1PauseRemark", Time since last: 4 ns, Total: 5540007 ns, Threads: 0 runnable
        Safepoint "G1PauseCleanup", Time since last: 4 ns, Total: 55\
        """;

    assertThat(JvmProbe.stops(log))
        .isEqualTo(
            List.of(
                new Stop("G1CollectForAllocation", 2_338_729),
                new Stop("G1PauseRemark", 5_540_007)));
  }
}
