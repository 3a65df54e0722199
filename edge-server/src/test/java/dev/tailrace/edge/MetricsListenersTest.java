package dev.tailrace.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.metrics.EdgeMetrics;
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
}
