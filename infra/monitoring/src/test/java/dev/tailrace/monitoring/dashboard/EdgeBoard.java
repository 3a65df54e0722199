package dev.tailrace.monitoring.dashboard;

import static dev.tailrace.monitoring.dashboard.Panel.graph;
import static dev.tailrace.monitoring.dashboard.Panel.heatmap;

/** What edges do: one of them, or several beside each other. */
final class EdgeBoard {
  private EdgeBoard() {}

  static Dashboard build() {
    Dashboard board =
        Dashboard.ofProcesses(
            "edge",
            "edge",
            "Connections, deliveries and what they cost, by edge.",
            "tailrace_edge_ready");
    connections(board);
    deliveries(board);
    lateness(board);
    kafka(board);
    surroundings(board);
    machine(board);
    return board;
  }

  private static void connections(Dashboard board) {
    board
        .row("Connections")
        .add(
            graph("Connections", Unit.COUNT, "Connections held, by transport.")
                .query("sum by (transport) (tailrace_edge_connections{@})", "{{transport}}"))
        .add(
            graph("Of what it takes", Unit.SHARE, "Connections held, of edge.max.connections.")
                .query("tailrace:edge_connections:ratio{@}", "{{instance}}")
                .limit(0.9))
        .add(
            graph(
                    "How they stand",
                    Unit.COUNT,
                    "live reads from memory, catching_up from Kafka; lagging has not taken its last"
                        + " write, and more waits.")
                .query("sum by (state) (tailrace_edge_connections_standing{@})", "{{state}}"))
        .add(
            graph("Opened", Unit.PER_SECOND, "Connections that were accepted, by transport.")
                .query(
                    "sum by (transport)"
                        + " (rate(tailrace_edge_connections_opened_total{@}[$__rate_interval]))",
                    "{{transport}}"))
        .add(
            graph(
                    "Closed",
                    Unit.PER_SECOND,
                    "Connections that ended, by reason; client went away by itself.")
                .query(
                    "sum by (reason)"
                        + " (rate(tailrace_edge_connections_closed_total{@}[$__rate_interval]))",
                    "{{reason}}"))
        .add(
            graph(
                    "Refused",
                    Unit.PER_SECOND,
                    "Connections that were not accepted: the edge is full, or one client wants too"
                        + " much.")
                .query(
                    "sum by (reason)"
                        + " (rate(tailrace_edge_connections_refused_total{@}[$__rate_interval]))",
                    "{{reason}}")
                .query(
                    "sum(rate(tailrace_edge_requests_overdue_total{@}[$__rate_interval]))",
                    "too slow to ask"));
  }

  private static void deliveries(Dashboard board) {
    board
        .row("Deliveries")
        .add(
            graph("Events", Unit.EVENTS_PER_SECOND, "Events written to connections.")
                .query(
                    "sum by (instance)"
                        + " (rate(tailrace_edge_delivered_events_total{@}[$__rate_interval]))",
                    "{{instance}}"))
        .add(
            graph("Bytes", Unit.BYTES_PER_SECOND, "Bytes written to connections.")
                .query(
                    "sum by (instance)"
                        + " (rate(tailrace_edge_delivered_bytes_total{@}[$__rate_interval]))",
                    "{{instance}}"))
        .add(
            graph(
                    "Events in a write",
                    Unit.COUNT,
                    "How many events a write carries: the busier an edge, the more.")
                .query(
                    "sum by (instance) (rate(tailrace_edge_write_events_sum{@}[$__rate_interval]))"
                        + " / sum by (instance)"
                        + " (rate(tailrace_edge_write_events_count{@}[$__rate_interval]))",
                    "{{instance}}"))
        .add(
            graph(
                    "Latency",
                    Unit.SECONDS,
                    "From a lane record's own time to the write that gave it to a client that was"
                        + " there.")
                .query(
                    "histogram_quantile(0.5, sum by (le)"
                        + " (rate(tailrace_edge_delivery_latency_seconds_bucket{@}[$__rate_interval])))",
                    "p50")
                .query(
                    "histogram_quantile(0.99, sum by (le)"
                        + " (rate(tailrace_edge_delivery_latency_seconds_bucket{@}[$__rate_interval])))",
                    "p99")
                .limit(0.5))
        .add(
            heatmap(
                "Latency, all of it",
                "The same: how many writes lie where.",
                "sum by (le)"
                    + " (increase(tailrace_edge_delivery_latency_seconds_bucket{@}[$__rate_interval]))"));
  }

  private static void lateness(Dashboard board) {
    board
        .add(
            graph(
                    "Late writes",
                    Unit.PER_SECOND,
                    "Writes that a client's socket had no room for, and fallen out of the window,"
                        + " by policy.")
                .query(
                    "sum(rate(tailrace_edge_late_writes_seconds_count{@}[$__rate_interval]))",
                    "late writes")
                .query(
                    "sum by (policy) (rate(tailrace_edge_slow_policy_total{@}[$__rate_interval]))",
                    "out of the window: {{policy}}"))
        .add(
            graph(
                    "Encodings",
                    Unit.PER_SECOND,
                    "Forms that events were brought into: one of each at most, however many read"
                        + " it.")
                .query(
                    "sum by (encoding) (rate(tailrace_edge_encodings_total{@}[$__rate_interval]))",
                    "{{encoding}}"))
        .add(
            graph(
                    "Records behind",
                    Unit.COUNT,
                    "From the position furthest behind to its partition's end, by lane.")
                .query("max by (lane) (tailrace_edge_lag_records{@})", "{{lane}}"))
        .add(
            graph("Gaps told", Unit.PER_SECOND, "Gaps that clients were told of, by reason.")
                .query(
                    "sum by (reason) (rate(tailrace_edge_gaps_total{@}[$__rate_interval]))",
                    "{{reason}}"));
  }

  private static void kafka(Dashboard board) {
    board
        .row("Reading Kafka")
        .add(
            graph(
                    "Lane records",
                    Unit.PER_SECOND,
                    "Lane records read; of these, deliveries that somebody here followed.")
                .query("sum(rate(tailrace_edge_tail_records_total{@}[$__rate_interval]))", "read")
                .query(
                    "sum(rate(tailrace_edge_tail_wanted_records_total{@}[$__rate_interval]))",
                    "wanted"))
        .add(
            graph(
                    "Catch-up",
                    Unit.BYTES_PER_SECOND,
                    "What scans read from Kafka for clients that lack more than memory holds, and"
                        + " what these were given of it.")
                .query(
                    "sum(rate(tailrace_edge_catchup_scanned_bytes_total{@}[$__rate_interval]))",
                    "scanned")
                .query(
                    "sum(rate(tailrace_edge_catchup_given_bytes_total{@}[$__rate_interval]))",
                    "given"))
        .add(
            graph(
                    "Fetches",
                    Unit.SECONDS,
                    "How long Kafka takes for a fetch, by client; it may wait 100 ms for something"
                        + " to come.")
                .query(
                    "max by (client_id) (kafka_consumer_fetch_manager_fetch_latency_avg{@,"
                        + " job=\"tailrace-edge\"} / 1000 >= 0)",
                    "{{client_id}}"));
  }

  private static void surroundings(Dashboard board) {
    board
        .row("Publishing, tokens, control")
        .add(
            graph(
                    "Published",
                    Unit.EVENTS_PER_SECOND,
                    "Events of clients that Kafka acknowledged, and that were refused.")
                .query(
                    "sum(rate(tailrace_edge_published_events_total{@}[$__rate_interval]))",
                    "acknowledged")
                .query(
                    "sum by (reason)"
                        + " (rate(tailrace_edge_publish_refused_total{@}[$__rate_interval]))",
                    "refused: {{reason}}"))
        .add(
            graph(
                    "Not let in",
                    Unit.PER_SECOND,
                    "Requests and tokens that were not let in, by reason.")
                .query(
                    "sum by (reason) (rate(tailrace_edge_auth_refused_total{@}[$__rate_interval]))",
                    "{{reason}}"))
        .add(
            graph(
                    "Silence",
                    Unit.SECONDS,
                    "How long ago all was known that tailrace.control held; how old the keys of"
                        + " tokens are; since when no edge was heard of.")
                .query("tailrace_edge_control_silence_seconds{@}", "control {{instance}}")
                .query("tailrace_edge_jwks_age_seconds{@}", "keys {{instance}}")
                .query("tailrace_edge_directory_silence_seconds{@}", "edges {{instance}}"));
  }

  private static void machine(Dashboard board) {
    board.row("JVM and machine");
    Machine.addTo(board, "edge");
  }
}
