package dev.tailrace.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;
import org.jspecify.annotations.Nullable;

/**
 * All that a run found out, as it is written to JSON: member names there are these with
 * underscores. What could not be found out is null.
 *
 * @param commit of the source tree that this program was built from
 * @param parameters as given, defaults included
 * @param search of the highest rate; null unless it was asked for
 * @param load null when connections were opened only, or a backlog drained
 * @param drain of a backlog; null unless it was asked for
 */
public record BenchResult(
    String startedAt,
    String commit,
    Machine machine,
    Map<String, Object> parameters,
    Connecting connecting,
    @Nullable Search search,
    @Nullable Load load,
    @Nullable Drain drain) {

  /** Where the load came from. */
  public record Machine(String system, String processor, int processors, String jvm) {}

  /** Of a histogram of nanoseconds, in milliseconds. */
  public record Percentiles(
      long count, double p50, double p90, double p99, double p999, double max, double mean) {
    static Percentiles of(Histogram ns) {
      return new Percentiles(
          ns.getTotalCount(),
          ms(ns.getValueAtPercentile(50)),
          ms(ns.getValueAtPercentile(90)),
          ms(ns.getValueAtPercentile(99)),
          ms(ns.getValueAtPercentile(99.9)),
          ms(ns.getMaxValue()),
          ns.getMean() / 1e6);
    }
  }

  /** A point of a distribution: so much percent took at most so long. */
  public record Point(double percentile, double ms) {
    static List<Point> curve(Histogram ns) {
      List<Point> points = new ArrayList<>();
      for (HistogramIterationValue value : ns.percentiles(5)) {
        points.add(
            new Point(
                value.getPercentileLevelIteratedTo(), BenchResult.ms(value.getValueIteratedTo())));
      }
      return points;
    }
  }

  /**
   * How the connections were opened.
   *
   * @param opened connections on which events may come
   * @param toOpenMs from {@code connect} to the server's answer to the request
   * @param kernelTcpBytesPerConnection of all TCP sockets of the machine, both ends of a loopback
   *     connection; null when the kernel does not say
   */
  public record Connecting(
      int opened,
      int failed,
      String firstFailure,
      double seconds,
      double perSecond,
      Percentiles toOpenMs,
      @Nullable Double kernelTcpBytesPerConnection,
      List<Memory> memory) {}

  /**
   * What one process has more after the connections were opened than before.
   *
   * @param jvmOptions of that process
   * @param heapBytes live ones, after a collection
   */
  public record Memory(
      String process,
      List<String> jvmOptions,
      long residentBytesBefore,
      long residentBytes,
      double residentBytesPerConnection,
      @Nullable Long heapBytesBefore,
      @Nullable Long heapBytes,
      @Nullable Double heapBytesPerConnection) {}

  /** Rates tried, and the highest with p99 at most 250 ms and 99.9 % arrived; 0 if none was. */
  public record Search(int bestRate, double bestDeliveriesPerSecond, List<Try> tries) {}

  /** One rate. */
  public record Try(
      int rate, double deliveriesPerSecond, double p99Ms, double arrivedShare, boolean good) {
    static Try of(Load load) {
      return new Try(
          load.eventsPerSecond(),
          load.deliveriesPerSecond(),
          load.latencyMs().p99(),
          load.arrivedShare(),
          load.isGood());
    }
  }

  /**
   * What a load did. Counts are of warm-up and measurement together, latencies and rates of the
   * measurement.
   *
   * @param arrivedShare delivered / (delivered + lost)
   * @param lost should have come, and had not when nothing came any more
   * @param foreign events of another run
   * @param failedPublishes events that Kafka did not take
   * @param endedByServer connections
   * @param loadClientBusyShare processor time of the thread that reads, per second: near 1, it is
   *     the client that was measured
   */
  public record Load(
      int eventsPerSecond,
      double deliveriesPerSecond,
      long delivered,
      long lost,
      double arrivedShare,
      long duplicates,
      long misordered,
      long foreign,
      long failedPublishes,
      int endedByServer,
      int reopened,
      String firstFailure,
      Slow slow,
      Percentiles latencyMs,
      List<Point> latencyCurve,
      double loadClientBusyShare,
      List<ProcessLoad> processes,
      List<Second> seconds) {
    /** Whether the rate is one that the platform keeps up with. */
    public boolean isGood() {
      return latencyMs.p99() <= LONGEST_GOOD_P99_MS
          && latencyMs.count() > 0
          && arrivedShare >= LEAST_ARRIVED_SHARE
          && failedPublishes == 0;
    }
  }

  /**
   * What became of events that had been written to the lanes while the edge was held still. Latency
   * means nothing here: none of them was due.
   *
   * @param seconds from letting the edge go until all had come, or nothing more came
   * @param loadClientBusyShare as in {@link Load}
   */
  public record Drain(
      int events,
      double seconds,
      double deliveriesPerSecond,
      long delivered,
      long lost,
      long duplicates,
      long misordered,
      long failedPublishes,
      int endedByServer,
      double loadClientBusyShare,
      List<ProcessLoad> processes) {}

  /** What connections that read slowly got. */
  public record Slow(int connections, long delivered, long lost, long duplicates) {}

  /**
   * What one process spent while it was measured.
   *
   * @param allocatedBytesPerDelivery by all threads of a JVM
   * @param stops of a JVM
   */
  public record ProcessLoad(
      String process,
      double cpuShare,
      double cpuMicrosPerDelivery,
      @Nullable Double allocatedBytesPerDelivery,
      @Nullable Stops stops) {}

  /**
   * When no thread of a JVM ran: collections, and whatever else is done at a safepoint.
   *
   * @param share of the measured time
   * @param longest the JVM's word for what it did at the longest one; empty for none
   */
  public record Stops(String collector, int count, double share, double longestMs, String longest) {

    /** For people. */
    public String text() {
      return count == 0
          ? "%s, no stops".formatted(collector)
          : String.format(
              Locale.ROOT,
              "%s, %d stops, %.1f ms at most (%s), %.2f %% of the time",
              collector,
              count,
              longestMs,
              longest,
              100 * share);
    }
  }

  /**
   * One second of it, warm-up included, or more when the one before is missing.
   *
   * @param second at its end, from the beginning on
   * @param worstMs longest latency of what came in this time
   */
  public record Second(
      int second, double deliveriesPerSecond, double worstMs, List<ProcessSecond> processes) {}

  /** What a process used in a second. */
  public record ProcessSecond(String process, long residentBytes, double cpuShare) {}

  private static final double LONGEST_GOOD_P99_MS = 250;
  private static final double LEAST_ARRIVED_SHARE = 0.999;

  static double ms(long ns) {
    return ns / 1e6;
  }
}
