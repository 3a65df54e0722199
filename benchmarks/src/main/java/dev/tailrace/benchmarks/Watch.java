package dev.tailrace.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The processes that are watched while they are under load, with probes on those that are JVMs.
 *
 * <p>Threading: one thread's.
 */
final class Watch implements AutoCloseable {
  private final List<ProcessProbe> processes;
  private final List<@Nullable JvmProbe> jvms = new ArrayList<>();

  /**
   * Attaches to them; has them load classes, so nothing is to be measured yet.
   *
   * @param processes the edge first, if it is known
   */
  Watch(List<ProcessProbe> processes) {
    this.processes = processes;
    processes.forEach(process -> jvms.add(JvmProbe.attach(process)));
  }

  List<ProcessProbe> processes() {
    return processes;
  }

  /** What they use, and what the JVMs among them say. */
  Samples takeWithJvms() {
    // These answer late when they are busy: what is asked for in no time comes after.
    List<JvmProbe.@Nullable JvmUse> uses = new ArrayList<>();
    for (JvmProbe jvm : jvms) {
      uses.add(jvm == null ? null : jvm.use());
    }
    return take().withJvms(uses);
  }

  /** What they use. */
  Samples take() {
    return Samples.take(processes);
  }

  @Override
  public void close() {
    jvms.stream().filter(Objects::nonNull).forEach(JvmProbe::close);
  }
}
