package dev.tailrace.benchmarks.peers;

import dev.tailrace.benchmarks.BenchException;
import dev.tailrace.benchmarks.ProcessProbe;

/**
 * Who runs where: the server under load has a core of its own, everything else another.
 *
 * <p>Threading: immutable.
 *
 * @param server such as {@code 0}, as {@code taskset -c} takes it
 * @param others of the load client, the publishers, and what of a platform is no edge
 */
record Cores(String server, String others) {
  /** A JVM that sees one core at its start chooses another collector: it is pinned later. */
  String both() {
    return server + "," + others;
  }

  /**
   * All threads of a process.
   *
   * @throws BenchException when that cannot be done
   */
  static void pin(long pid, String cores) {
    if (ProcessProbe.output("taskset", "-acp", cores, Long.toString(pid)) == null) {
      throw new BenchException("taskset cannot pin process %d to core %s".formatted(pid, cores));
    }
  }
}
