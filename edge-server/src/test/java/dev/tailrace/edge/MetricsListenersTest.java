package dev.tailrace.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.connection.ConnectionCensus;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.metrics.EdgeMetrics;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class MetricsListenersTest {
  @Test
  void shouldFeedWhatATailTells() {
    try (EdgeMetrics metrics = new EdgeMetrics()) {
      MetricsListeners listeners = new MetricsListeners(metrics);
      listeners.onFollowed();
      listeners.onFollowed();
      listeners.onUnfollowed();
      listeners.onRead(7, 4, 2, 900);
      listeners.onWanted(1);
      listeners.onUnreadable(3);

      assertThat(metrics.scrape().lines())
          .contains(
              "tailrace_edge_tail_records_total 7.0",
              "tailrace_edge_tail_bytes_total 900.0",
              "tailrace_edge_tail_duplicate_records_total 2.0",
              "tailrace_edge_tail_unreadable_records_total 3.0",
              "tailrace_edge_tail_wanted_records_total 1.0",
              "tailrace_edge_wasted_records_ratio 0.75",
              "tailrace_edge_tail_partitions 1.0");
    }
  }

  @Test
  void shouldShowTheLastCensusOfEachAgentTogether() {
    try (EdgeMetrics metrics = new EdgeMetrics()) {
      MetricsListeners listeners = new MetricsListeners(metrics);
      listeners.onCensus(0, census(9));
      listeners.onCensus(0, census(4));
      listeners.onCensus(1, census(6));
      listeners.onLateWrite(Transport.Kind.SSE, 250);

      assertThat(metrics.scrape().lines())
          .contains(
              "tailrace_edge_connections_standing{state=\"lagging\",transport=\"sse\"} 2.0",
              "tailrace_edge_connections_standing{state=\"live\",transport=\"websocket\"} 0.0",
              "tailrace_edge_lag_records{lane=\"users\"} 6.0",
              "tailrace_edge_lag_records{lane=\"channels\"} 0.0",
              "tailrace_edge_late_writes_seconds_count 1",
              "tailrace_edge_late_writes_seconds_sum 0.25");
    }
  }

  /** What begins with its first count has no rise that an alarm could see. */
  @Test
  void shouldShowAtOnceWhatAlarmsLookForTheRiseOf() {
    try (EdgeMetrics metrics = new EdgeMetrics()) {
      new MetricsListeners(metrics);

      assertThat(metrics.scrape().lines())
          .contains(
              "tailrace_edge_gaps_total{reason=\"retention\"} 0.0",
              "tailrace_edge_gaps_total{reason=\"upstream\"} 0.0",
              "tailrace_edge_slow_policy_total{policy=\"disconnect\"} 0.0",
              "tailrace_edge_publish_refused_total{reason=\"rate_limited\"} 0.0",
              "tailrace_edge_auth_refused_total{reason=\"bad_signature\"} 0.0",
              "tailrace_edge_connections_refused_total{reason=\"full\",transport=\"sse\"} 0.0",
              "tailrace_edge_connections_refused_total{reason=\"rate\",transport=\"poll\"} 0.0");
      assertThat(metrics.scrape().lines())
          .contains(
              "tailrace_edge_resumes_total{outcome=\"whole\"} 0.0",
              "tailrace_edge_resumes_total{outcome=\"generation\"} 0.0");
      assertThat(metrics.snapshot().gaps()).as("what there was").isEmpty();
      assertThat(metrics.snapshot().slow()).as("what there was").isEmpty();
    }
  }

  @Test
  void shouldShowWhetherTheEdgeIsReadyAndWhatItsClockSays() {
    try (EdgeMetrics metrics = new EdgeMetrics()) {
      AtomicBoolean ready = new AtomicBoolean();
      metrics.showEdge(ready::get, () -> 1_700_000_000_500L);
      metrics.connections().showLimit(20_000);

      assertThat(metrics.scrape().lines())
          .contains(
              "tailrace_edge_ready 0.0",
              "tailrace_edge_clock_seconds 1.7000000005E9",
              "tailrace_edge_connections_limit 20000.0");
      ready.set(true);
      assertThat(metrics.scrape().lines()).contains("tailrace_edge_ready 1.0");
    }
  }

  private static ConnectionCensus census(long lag) {
    ConnectionCensus census = new ConnectionCensus();
    census.add(Transport.Kind.SSE, ConnectionCensus.Standing.LAGGING);
    census.addReader(new LanePartition(Lane.USERS, 1, 0), lag);
    return census;
  }
}
