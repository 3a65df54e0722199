package dev.tailrace.benchmarks;

import dev.tailrace.benchmarks.BenchResult.Memory;
import dev.tailrace.benchmarks.BenchResult.ProcessLoad;
import dev.tailrace.benchmarks.BenchResult.ProcessSecond;
import dev.tailrace.benchmarks.BenchResult.Stops;
import dev.tailrace.benchmarks.JvmProbe.JvmUse;
import dev.tailrace.benchmarks.JvmProbe.Stop;
import dev.tailrace.benchmarks.ProcessProbe.Use;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What all watched processes used at one moment.
 *
 * @param heapBytes null unless it was asked for
 * @param jvms null unless it was asked for
 * @param kernelTcpBytes null unless it was asked for, and where the kernel does not say
 */
record Samples(
    long atNs,
    List<ProcessProbe> probes,
    List<@Nullable Use> uses,
    List<@Nullable Long> heapBytes,
    List<@Nullable JvmUse> jvms,
    @Nullable Long kernelTcpBytes) {

  static Samples take(List<ProcessProbe> probes) {
    return take(probes, false);
  }

  /** With the live bytes of each heap, for which every process collects, and of the kernel. */
  static Samples takeWithHeap(List<ProcessProbe> probes) {
    return take(probes, true);
  }

  private static Samples take(List<ProcessProbe> probes, boolean withHeap) {
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
        Collections.nCopies(probes.size(), null),
        withHeap ? KernelMemory.tcpBytes() : null);
  }

  /** The same with what the JVMs among the processes said. */
  Samples withJvms(List<@Nullable JvmUse> said) {
    return new Samples(atNs, probes, uses, heapBytes, said, kernelTcpBytes);
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
        JvmUse jvmFrom = before.jvms.get(i);
        JvmUse jvmTo = jvms.get(i);
        boolean isKnown = jvmFrom != null && jvmTo != null;
        loads.add(
            new ProcessLoad(
                probes.get(i).name(),
                cpuMs(from, to) / 1e3 / secondsSince(before),
                cpuMs(from, to) * 1e3 / deliveries,
                isKnown
                    ? (double) (jvmTo.allocatedBytes() - jvmFrom.allocatedBytes()) / deliveries
                    : null,
                isKnown ? stops(jvmFrom, jvmTo, secondsSince(before)) : null));
      }
    }
    return loads;
  }

  private static @Nullable Stops stops(JvmUse before, JvmUse after, double seconds) {
    List<Stop> earlier = before.stops();
    List<Stop> all = after.stops();
    if (earlier == null || all == null) {
      return null;
    }
    List<Stop> since = all.subList(earlier.size(), all.size());
    Stop longest = since.stream().max(Comparator.comparingLong(Stop::ns)).orElse(new Stop("", 0));
    return new Stops(
        after.collector(),
        since.size(),
        since.stream().mapToLong(Stop::ns).sum() / 1e9 / seconds,
        BenchResult.ms(longest.ns()),
        longest.reason());
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
