package dev.tailrace.system;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * What this JVM holds: memory after a collection, files, threads, and the objects that an edge has
 * for its connections, partitions and buffers.
 *
 * <p>What is a connection's has to go with it, all of it. Of the rest a first third of the samples
 * says what is usual; whatever is kept for good shows as a later third that holds more: medians,
 * for a single sample may meet anything half done.
 *
 * <p>Threading: one test thread.
 */
final class Resources {
  private static final long MIB = 1 << 20;
  private static final String EDGE = "dev.tailrace.edge.";
  private static final long FEW = 2;

  /** What the collector writes over what is dead and not yet free. */
  private static final String FILLER = "jdk.internal.vm.Filler";

  private static final String HEAP = "heap bytes";
  private static final String DIRECT = "direct bytes";
  private static final String FILES = "open files";
  private static final String THREADS = "threads";

  /** What there is for each connection, and how many may be left of it without anybody there. */
  private static final Map<String, Long> OF_CONNECTIONS = new TreeMap<>();

  /** How much more a later third may hold; each leaves room for what is no leak, and no more. */
  private static final Map<String, Long> ALLOWED = new LinkedHashMap<>();

  static {
    // The last may lie in a local of a thread that waits for the next.
    OF_CONNECTIONS.put(EDGE + "delivery.Connection", FEW);
    OF_CONNECTIONS.put(EDGE + "delivery.LaneReader", FEW);
    OF_CONNECTIONS.put(EDGE + "catchup.CatchUpSession", FEW);
    OF_CONNECTIONS.put(EDGE + "connection.ConnectionAdmission$Lease", FEW);
    OF_CONNECTIONS.put(EDGE + "transport.ConnectionWriter", FEW);
    OF_CONNECTIONS.put(EDGE + "transport.AnswerTransport", FEW);
    OF_CONNECTIONS.put(EDGE + "transport.sse.SseTransport", FEW);
    OF_CONNECTIONS.put(EDGE + "transport.websocket.WebSocketConnection", FEW);
    // The dispatcher and the clients are in this heap too; an edge's connection takes 4 to 7 kB.
    ALLOWED.put(HEAP, 4 * MIB);
    // Threads of the JDK keep buffers as large as what each wrote last.
    ALLOWED.put(DIRECT, 4 * MIB);
    // Kafka's clients connect anew, each through a link of this JVM's that has three more.
    ALLOWED.put(FILES, 64L);
    ALLOWED.put(THREADS, 4L); // the last of a burst may still be at work
    ALLOWED.put(EDGE + "delivery.FollowedPartition", 0L);
    ALLOWED.put(EDGE + "log.PartitionLog", 0L);
    ALLOWED.put(EDGE + "log.LogSegment", 8L);
    ALLOWED.put(EDGE + "log.LogEntry", 64L); // where a window ends depends on its last events
    // A pool grows to what was once needed at a time.
    ALLOWED.put("org.eclipse.jetty.io.ArrayByteBufferPool$PooledBuffer", 16L);
    ALLOWED.put("org.eclipse.jetty.io.SocketChannelEndPoint", 8L); // the operator port's
  }

  private final List<Map<String, Long>> samples = new ArrayList<>();
  private final List<Map<String, Long>> threadsByName = new ArrayList<>();

  /** What other tests of this JVM have left of connections. */
  private final Map<String, Long> ofOthers;

  /** Nothing is sampled yet, and no connection was made. */
  Resources() throws JMException {
    ofOthers = histogram();
    ofOthers.keySet().retainAll(OF_CONNECTIONS.keySet());
  }

  /** What is left of connections, by class; empty once all of it has gone. */
  Map<String, Long> ofConnections() throws JMException {
    Map<String, Long> left = histogram();
    left.keySet().retainAll(OF_CONNECTIONS.keySet());
    left.entrySet()
        .removeIf(
            one ->
                one.getValue()
                    <= OF_CONNECTIONS.get(one.getKey()) + ofOthers.getOrDefault(one.getKey(), 0L));
    return left;
  }

  /** Collects twice, and looks. */
  void sample() throws JMException {
    System.gc(); // what has cleaners and references
    Map<String, Long> sample = histogram();
    for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
      if (pool.getName().equals("direct")) {
        sample.put(DIRECT, pool.getMemoryUsed());
      }
    }
    Map<String, Long> threads = threads();
    sample.put(THREADS, threads.values().stream().mapToLong(Long::longValue).sum());
    threadsByName.add(threads);
    sample.put(
        FILES,
        ManagementFactory.getPlatformMXBean(UnixOperatingSystemMXBean.class)
            .getOpenFileDescriptorCount());
    sample.keySet().retainAll(ALLOWED.keySet());
    samples.add(sample);
  }

  /**
   * Platform threads by their names, without the numbers in them. Those of Jetty's pools that wait
   * for work are left out: a pool that is bounded keeps what a burst has needed for a minute.
   */
  private static Map<String, Long> threads() {
    Map<String, Long> threads = new TreeMap<>();
    Thread.getAllStackTraces()
        .forEach(
            (thread, stack) -> {
              if (Arrays.stream(stack).noneMatch(Resources::waitsInPool)) {
                threads.merge(
                    thread.getName().replaceAll("[0-9a-f]*[0-9][0-9a-f]*", "#"), 1L, Long::sum);
              }
            });
    return threads;
  }

  private static boolean waitsInPool(StackTraceElement frame) {
    return frame.getClassName().startsWith("org.eclipse.jetty.util.thread.QueuedThreadPool")
        && frame.getMethodName().equals("idleJobPoll");
  }

  /** Live objects by class, and their bytes: counting them is a full collection. */
  private static Map<String, Long> histogram() throws JMException {
    String text =
        (String)
            ManagementFactory.getPlatformMBeanServer()
                .invoke(
                    new ObjectName("com.sun.management:type=DiagnosticCommand"),
                    "gcClassHistogram",
                    new Object[] {new String[0]},
                    new String[] {String[].class.getName()});
    Map<String, Long> counts = new TreeMap<>();
    for (String line : text.lines().toList()) {
      String[] columns = line.strip().split("\\s+", -1);
      if (columns[0].equals("Total")) {
        counts.merge(HEAP, Long.parseLong(columns[2]), Long::sum);
      } else if (columns.length > 3 && columns[3].contains(FILLER)) {
        counts.merge(HEAP, -Long.parseLong(columns[2]), Long::sum);
      } else if (columns[0].matches("\\d+:")) {
        counts.merge(columns[3], Long.parseLong(columns[1]), Long::sum);
      }
    }
    return counts;
  }

  int count() {
    return samples.size();
  }

  /** What holds more in a later third than in the first, beyond what may be; in words. */
  List<String> grown() {
    int third = samples.size() / 3;
    List<String> grown = new ArrayList<>();
    ALLOWED.forEach(
        (name, allowed) -> {
          long first = median(name, 0, third);
          long second = median(name, third, 2 * third);
          long last = median(name, 2 * third, samples.size());
          if (Math.max(second, last) > first + allowed) {
            grown.add("%s: %,d, then %,d and %,d".formatted(name, first, second, last));
          }
        });
    return grown;
  }

  private long median(String name, int from, int to) {
    long[] values = samples.subList(from, to).stream().mapToLong(one -> of(one, name)).toArray();
    Arrays.sort(values);
    return values[values.length / 2];
  }

  private static long of(Map<String, Long> sample, String name) {
    return sample.getOrDefault(name, 0L);
  }

  /** Each series, from the first sample to the last, and the threads that are more at its end. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (String name : ALLOWED.keySet()) {
      text.append(name).append(':');
      samples.forEach(one -> text.append(' ').append(of(one, name)));
      text.append('\n');
    }
    Map<String, Long> first = threadsByName.getFirst();
    threadsByName
        .getLast()
        .forEach(
            (name, last) -> {
              if (last > of(first, name)) {
                text.append(name).append(": ").append(of(first, name)).append(" to ").append(last);
                text.append('\n');
              }
            });
    return text.toString();
  }
}
