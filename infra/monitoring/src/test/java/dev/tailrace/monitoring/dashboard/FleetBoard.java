package dev.tailrace.monitoring.dashboard;

import static dev.tailrace.monitoring.dashboard.Panel.graph;
import static dev.tailrace.monitoring.dashboard.Panel.stat;

/** All of it at one glance: is it well, and if not, where to look. */
final class FleetBoard {
  private FleetBoard() {}

  static Dashboard build() {
    Dashboard board =
        Dashboard.of(
            "fleet",
            "fleet",
            "All edges and dispatchers at one glance, and how the budgets stand.");
    now(board);
    budgets(board);
    flow(board);
    losses(board);
    processes(board);
    return board;
  }

  private static void now(Dashboard board) {
    board
        .row("Now")
        .add(
            stat("Edges", Unit.COUNT, "Edges that answer.", "sum(up{job=\"tailrace-edge\"})")
                .least(1))
        .add(
            stat(
                    "Dispatchers",
                    Unit.COUNT,
                    "Dispatchers that answer.",
                    "sum(up{job=\"tailrace-dispatcher\"})")
                .least(1))
        .add(
            stat(
                "Connections",
                Unit.COUNT,
                "Connections held, on all edges.",
                "sum(tailrace_edge_connections)"))
        .add(
            stat(
                "Deliveries",
                Unit.EVENTS_PER_SECOND,
                "Events written to connections.",
                "tailrace:delivered_events:rate1m"))
        .add(
            stat(
                    "Latency, p99",
                    Unit.SECONDS,
                    "99 of 100 writes to clients that were there carried nothing older. From the"
                        + " record's own time in the lane.",
                    "tailrace:delivery_latency_seconds:p99")
                .limit(0.5))
        .add(
            stat(
                    "Alarms",
                    Unit.COUNT,
                    "Alarms that fire. The runbook has a section for each.",
                    "count(ALERTS{alertname=~\"Tailrace.*\", alertstate=\"firing\"}) or vector(0)")
                .limit(1));
  }

  private static void budgets(Dashboard board) {
    board
        .row("Objectives")
        .add(
            graph(
                    "Budget left",
                    Unit.SHARE,
                    "Of what may be bad in 30 days, how much is left. Below 0 the objective is"
                        + " missed.")
                .query("tailrace:slo_budget_left:ratio", "{{slo}}")
                .least(0))
        .add(
            graph(
                    "Budget burnt, last hour",
                    Unit.COUNT,
                    "How many times faster than evenly over 30 days the budget is used up. At 14.4"
                        + " somebody is called.")
                .query("tailrace:slo_burn:ratio1h", "{{slo}}")
                .limit(14.4))
        .add(
            graph("Alarms", Unit.COUNT, "Alarms that wait to fire, and that fire.")
                .query(
                    "count by (alertname, alertstate) (ALERTS{alertname=~\"Tailrace.*\"})",
                    "{{alertname}} {{alertstate}}"));
  }

  private static void flow(Dashboard board) {
    board
        .row("Events")
        .add(
            graph(
                    "Through the platform",
                    Unit.EVENTS_PER_SECOND,
                    "Events read from ingress and routed, lane records read by all edges, and"
                        + " events written to connections.")
                .query(
                    "sum(rate(tailrace_dispatcher_records_read_total[$__rate_interval]))",
                    "read from ingress")
                .query(
                    "sum(rate(tailrace_dispatcher_records_routed_total[$__rate_interval]))",
                    "routed")
                .query(
                    "sum(rate(tailrace_edge_tail_records_total[$__rate_interval]))",
                    "read from lanes")
                .query(
                    "sum(rate(tailrace_edge_delivered_events_total[$__rate_interval]))",
                    "delivered"))
        .add(
            graph(
                    "Ingress to lanes",
                    Unit.SECONDS,
                    "From an ingress record's own time to the acknowledgement of its last copy."
                        + " Wrong clocks of producers show here.")
                .query(
                    "histogram_quantile(0.5, sum by (le)"
                        + " (rate(tailrace_dispatcher_dispatch_latency_seconds_bucket[$__rate_interval])))",
                    "p50")
                .query(
                    "histogram_quantile(0.99, sum by (le)"
                        + " (rate(tailrace_dispatcher_dispatch_latency_seconds_bucket[$__rate_interval])))",
                    "p99"))
        .add(
            graph(
                    "Lanes to clients",
                    Unit.SECONDS,
                    "From a lane record's own time to the write that gave it to a client that was"
                        + " there.")
                .query("tailrace:delivery_latency_seconds:p50", "p50")
                .query("tailrace:delivery_latency_seconds:p99", "p99")
                .limit(0.5));
  }

  private static void losses(Dashboard board) {
    board
        .add(
            graph(
                    "Waiting in ingress",
                    Unit.SECONDS,
                    "How long it would take to read what lies in ingress, as fast as it is read"
                        + " now. The slowest dispatcher.")
                .query("tailrace:ingress_lag_seconds:max", "lag")
                .limit(60))
        .add(
            graph("Gaps told", Unit.PER_SECOND, "Gaps that clients were told of, by reason.")
                .query(
                    "sum by (reason) (rate(tailrace_edge_gaps_total[$__rate_interval]))",
                    "{{reason}}"))
        .add(
            graph(
                    "Dead letters",
                    Unit.PER_SECOND,
                    "Ingress records that could not be routed, by reason.")
                .query(
                    "sum by (reason)"
                        + " (rate(tailrace_dispatcher_dead_letters_total[$__rate_interval]))",
                    "{{reason}}"));
  }

  private static void processes(Dashboard board) {
    board
        .row("Processes")
        .add(
            graph("Connections", Unit.COUNT, "Connections held, by edge.")
                .query("sum by (instance) (tailrace_edge_connections)", "{{instance}}"))
        .add(
            graph("Ready", Unit.COUNT, "1 when a process says that it is ready.")
                .query("tailrace_edge_ready", "edge {{instance}}")
                .query("tailrace_dispatcher_ready", "dispatcher {{instance}}")
                .least(1))
        .add(
            graph("CPU", Unit.SHARE, "Share of its machine's cores that a process takes.")
                .query("process_cpu_usage{job=~\"tailrace-.*\"}", "{{job}} {{instance}}"))
        .add(
            graph("Heap", Unit.SHARE, "Of the heap, how much is in use after a collection.")
                .query(
                    "jvm_gc_live_data_size_bytes{job=~\"tailrace-.*\"} /"
                        + " jvm_gc_max_data_size_bytes",
                    "{{job}} {{instance}}")
                .limit(0.8))
        .add(
            graph(
                    "File descriptors",
                    Unit.SHARE,
                    "Of those that a process may have open, how many it has.")
                .query(
                    "process_files_open_files{job=~\"tailrace-.*\"} / process_files_max_files",
                    "{{job}} {{instance}}")
                .limit(0.8))
        .add(
            graph("Clocks", Unit.SECONDS, "How far a machine's clock is from Prometheus' own.")
                .query("tailrace:clock_error_seconds:abs", "{{job}} {{instance}}")
                .limit(2.5));
  }
}
