package dev.tailrace.benchmarks;

import dev.tailrace.benchmarks.BenchResult.Memory;
import dev.tailrace.benchmarks.BenchResult.ProcessLoad;
import dev.tailrace.benchmarks.BenchResult.ProcessSecond;
import dev.tailrace.benchmarks.ProcessProbe.Use;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What all watched processes used at one moment.
 *
 * @param heapBytes null unless it was asked for
 * @param allocatedBytes of the edge, as its operator port says; moves with its collections only
 */
record Samples(
    long atNs,
    List<ProcessProbe> probes,
    List<@Nullable Use> uses,
    List<@Nullable Long> heapBytes,
    @Nullable Double allocatedBytes,
    @Nullable Long kernelTcpBytes) {

  static Samples take(List<ProcessProbe> probes, @Nullable OperatorPort operatorPort) {
    return take(probes, operatorPort, false);
  }

  /** With the live bytes of each heap, for which every process collects. */
  static Samples takeWithHeap(List<ProcessProbe> probes) {
    return take(probes, null, true);
  }

  private static Samples take(
      List<ProcessProbe> probes, @Nullable OperatorPort operatorPort, boolean withHeap) {
    List<@Nullable Use> uses = new ArrayList<>();
    List<@Nullable Long> heaps = new ArrayList<>();
    for (ProcessProbe probe : probes) {
      heaps.add(withHeap ? probe.heapBytes() : null);
      uses.add(probe.use());
    }
    return new Samples(
        System.nanoTime(),
        probes,
        uses,
        heaps,
        operatorPort == null ? null : operatorPort.allocatedBytes(),
        withHeap ? KernelMemory.tcpBytes() : null);
  }

  private double secondsSince(Samples before) {
    return (atNs - before.atNs) / 1e9;
  }

  private static double cpuMs(Use before, Use after) {
    return after.cpuMs() - before.cpuMs();
  }

  /** Processes of which something is known at both moments. */
  List<ProcessSecond> since(Samples before) {
    List<ProcessSecond> seconds = new ArrayList<>();
    for (int i = 0; i < probes.size(); i++) {
      Use from = before.uses.get(i);
      Use to = uses.get(i);
      if (from != null && to != null) {
        seconds.add(
            new ProcessSecond(
                probes.get(i).name(),
                to.residentBytes(),
                cpuMs(from, to) / 1e3 / secondsSince(before)));
      }
    }
    return seconds;
  }

  /** What each spent per delivery; the first one is the edge. */
  List<ProcessLoad> perDelivery(Samples before, long deliveries) {
    List<ProcessLoad> loads = new ArrayList<>();
    for (int i = 0; i < probes.size(); i++) {
      Use from = before.uses.get(i);
      Use to = uses.get(i);
      if (from != null && to != null && deliveries > 0) {
        loads.add(
            new ProcessLoad(
                probes.get(i).name(),
                cpuMs(from, to) / 1e3 / secondsSince(before),
                cpuMs(from, to) * 1e3 / deliveries,
                i == 0 ? allocatedPerDelivery(before, deliveries) : null));
      }
    }
    return loads;
  }

  private @Nullable Double allocatedPerDelivery(Samples before, long deliveries) {
    if (before.allocatedBytes == null
        || allocatedBytes == null
        || allocatedBytes <= before.allocatedBytes) {
      return null;
    }
    return (allocatedBytes - before.allocatedBytes) / deliveries;
  }

  /** What each holds more than before, for so many connections. */
  List<Memory> memory(Samples before, int connections) {
    List<Memory> memory = new ArrayList<>();
    for (int i = 0; i < probes.size(); i++) {
      Use from = before.uses.get(i);
      Use to = uses.get(i);
      if (from != null && to != null && connections > 0) {
        Long heapFrom = before.heapBytes.get(i);
        Long heapTo = heapBytes.get(i);
        memory.add(
            new Memory(
                probes.get(i).name(),
                probes.get(i).jvmOptions(),
                from.residentBytes(),
                to.residentBytes(),
                (double) (to.residentBytes() - from.residentBytes()) / connections,
                heapFrom,
                heapTo,
                heapFrom == null || heapTo == null
                    ? null
                    : (double) (heapTo - heapFrom) / connections));
      }
    }
    return memory;
  }

  @Nullable Double kernelTcpBytesPerConnection(Samples before, int connections) {
    return before.kernelTcpBytes == null || kernelTcpBytes == null || connections == 0
        ? null
        : (double) (kernelTcpBytes - before.kernelTcpBytes) / connections;
  }
}
