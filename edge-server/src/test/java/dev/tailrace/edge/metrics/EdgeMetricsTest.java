package dev.tailrace.edge.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EdgeMetricsTest {
  private final EdgeMetrics metrics = new EdgeMetrics();

  @AfterEach
  void close() {
    metrics.close();
  }

  @Test
  void shouldTellWhatWasCounted() {
    metrics.connections().opened("sse");
    metrics.connections().opened("sse");
    metrics.connections().opened("websocket");
    metrics.connections().closed("sse", "client_gone");
    metrics.delivery().delivered(3, 300);
    metrics.delivery().delivered(2, 200);
    metrics.delivery().gap("retention");
    metrics.delivery().slow("replay");
    metrics.delivery().slow("replay");
    metrics.tail().read(10, 8, 1, 1_000);
    metrics.publish().acknowledged(Duration.ofMillis(3));

    assertThat(metrics.snapshot())
        .isEqualTo(
            new MetricsSnapshot(
                5,
                500,
                10,
                1,
                Map.of("retention", 1L),
                Map.of("replay", 2L),
                Map.of("client_gone", 1L)));
  }

  @Test
  void shouldShowPrometheusWhatWasCounted() {
    metrics.connections().opened("sse");
    metrics.connections().closed("sse", "client_gone");
    metrics.connections().refused("poll", "overload");
    metrics.delivery().delivered(3, 300);
    metrics.delivery().wrote(3);
    List.of(0L, 1L, 2L, 9_999L, 60_000L).forEach(metrics.latency()::delivered);
    metrics.delivery().gap("retention");
    metrics.tail().read(10, 8, 1, 1_000);
    metrics.tail().wanted(2);
    metrics.tail().followed();
    metrics.tail().followed();
    metrics.tail().unfollowed();
    metrics.publish().acknowledged(Duration.ofMillis(3));
    metrics.publish().refused("busy");

    assertThat(metrics.scrape().lines())
        .contains(
            "tailrace_edge_connections{transport=\"sse\"} 0.0",
            "tailrace_edge_connections_opened_total{transport=\"sse\"} 1.0",
            "tailrace_edge_connections_closed_total{reason=\"client_gone\",transport=\"sse\"} 1.0",
            "tailrace_edge_connections_refused_total{reason=\"overload\",transport=\"poll\"} 1.0",
            "tailrace_edge_delivered_events_total 3.0",
            "tailrace_edge_delivered_bytes_total 300.0",
            "tailrace_edge_write_events_count 1",
            "tailrace_edge_delivery_latency_seconds_bucket{le=\"0.001\"} 2",
            "tailrace_edge_delivery_latency_seconds_bucket{le=\"0.002\"} 3",
            "tailrace_edge_delivery_latency_seconds_bucket{le=\"5.0\"} 3",
            "tailrace_edge_delivery_latency_seconds_bucket{le=\"10.0\"} 4",
            "tailrace_edge_delivery_latency_seconds_bucket{le=\"+Inf\"} 5",
            "tailrace_edge_delivery_latency_seconds_count 5",
            "tailrace_edge_delivery_latency_seconds_sum 70.002",
            "tailrace_edge_gaps_total{reason=\"retention\"} 1.0",
            "tailrace_edge_tail_records_total 10.0",
            "tailrace_edge_tail_bytes_total 1000.0",
            "tailrace_edge_tail_wanted_records_total 2.0",
            "tailrace_edge_tail_duplicate_records_total 1.0",
            "tailrace_edge_tail_partitions 1.0",
            "tailrace_edge_wasted_records_ratio 0.75",
            "tailrace_edge_published_events_total 1.0",
            "tailrace_edge_publish_refused_total{reason=\"busy\"} 1.0",
            "tailrace_edge_publish_latency_seconds_count 1")
        .anyMatch(line -> line.startsWith("jvm_memory_used_bytes"))
        .anyMatch(line -> line.startsWith("process_files_open_files"));
  }
}
