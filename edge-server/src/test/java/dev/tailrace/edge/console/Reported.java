package dev.tailrace.edge.console;

import dev.tailrace.edge.metrics.DeliveryLatency;
import dev.tailrace.support.fleet.FleetProcess;
import dev.tailrace.v1.DispatcherReport;
import dev.tailrace.v1.EdgeReport;
import dev.tailrace.v1.Fleet;
import dev.tailrace.v1.Histogram;
import dev.tailrace.v1.ProcessReport;
import dev.tailrace.v1.StandingConnections;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.stream.LongStream;

/** Reports as processes write them. */
final class Reported {
  static final Instant STARTED = Instant.parse("2026-11-30T10:00:00Z");

  private Reported() {}

  /** Of an edge, so many seconds after it started. */
  static ProcessReport.Builder edge(String name, long afterS) {
    return process(name, afterS)
        .setEdge(
            EdgeReport.newBuilder()
                .setMaxConnections(100)
                .addConnections(standing("sse", "live", 3))
                .addConnections(standing("websocket", "lagging", 1))
                .setDeliveredEvents(10 * afterS)
                .setDeliveredBytes(1_000 * afterS)
                .setTailRecords(5 * afterS)
                .setPublishedEvents(2 * afterS)
                .putGapsByReason("retention", afterS)
                .putSlowByPolicy("replay", 3 * afterS)
                .putClosedByReason("client", 100));
  }

  /** Of a dispatcher, so many seconds after it started. */
  static ProcessReport.Builder dispatcher(String name, long afterS) {
    return process(name, afterS)
        .setDispatcher(
            DispatcherReport.newBuilder()
                .setRecordsRead(20 * afterS)
                .setDeliveries(40 * afterS)
                .putDeadLettersByReason("no_address", 4)
                .setSlotMapVersion(2));
  }

  private static ProcessReport.Builder process(String name, long afterS) {
    return ProcessReport.newBuilder()
        .setProcess(name)
        .setInstance("first")
        .setVersion("1.0")
        .setStarted(FleetProcess.timestamp(STARTED))
        .setAt(FleetProcess.timestamp(STARTED.plusSeconds(afterS)))
        .setLeaseMs(6_000)
        .setHeapUsedBytes(1)
        .setHeapMaxBytes(2);
  }

  static StandingConnections.Builder standing(String transport, String state, int count) {
    return StandingConnections.newBuilder().setTransport(transport).setState(state).setCount(count);
  }

  /** A histogram with so many in the bucket up to 2 ms, and in that up to 10 ms. */
  static Histogram latency(long twoMs, long tenMs) {
    Histogram.Builder histogram = Histogram.newBuilder();
    for (double bound : DeliveryLatency.boundsMs()) {
      histogram.addBoundsMs(bound);
    }
    LongStream.of(0, twoMs, 0, tenMs, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0).forEach(histogram::addCounts);
    return histogram.build();
  }

  static byte[] key(String name) {
    return ("process/" + name).getBytes(StandardCharsets.UTF_8);
  }

  static byte[] value(ProcessReport.Builder report) {
    return Fleet.newBuilder().setReport(report).build().toByteArray();
  }
}
