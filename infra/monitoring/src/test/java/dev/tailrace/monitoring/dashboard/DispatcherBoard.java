package dev.tailrace.monitoring.dashboard;

import static dev.tailrace.monitoring.dashboard.Panel.graph;
import static dev.tailrace.monitoring.dashboard.Panel.heatmap;

/** What dispatchers do: one of them, or several beside each other. */
final class DispatcherBoard {
  private DispatcherBoard() {}

  static Dashboard build() {
    Dashboard board =
        Dashboard.ofProcesses(
            "dispatcher",
            "dispatcher",
            "Pumps, what they read and write, and what waits for them.",
            "tailrace_dispatcher_ready");
    pumps(board);
    events(board);
    kafka(board);
    board.row("JVM and machine");
    Machine.addTo(board, "dispatcher");
    return board;
  }

  private static void pumps(Dashboard board) {
    board
        .row("Pumps")
        .add(
            graph("Pumps", Unit.COUNT, "Pumps by what they do. All are to be running.")
                .query("sum by (state) (tailrace_dispatcher_pumps{@})", "{{state}}"))
        .add(
            graph(
                    "Restarts",
                    Unit.PER_SECOND,
                    "Pumps that started again from their commit: the log says why.")
                .query(
                    "sum by (instance)"
                        + " (rate(tailrace_dispatcher_restarts_total{@}[$__rate_interval]))",
                    "{{instance}}"))
        .add(
            graph(
                    "Held",
                    Unit.SECONDS,
                    "For how long nothing has been read, since a move of slots has no fence yet.")
                .query("tailrace_dispatcher_held_seconds{@}", "{{instance}}")
                .limit(5));
  }

  private static void events(Dashboard board) {
    board
        .row("Events")
        .add(
            graph("Read", Unit.EVENTS_PER_SECOND, "Ingress records read, by their form.")
                .query(
                    "sum by (form)"
                        + " (rate(tailrace_dispatcher_records_read_total{@}[$__rate_interval]))",
                    "{{form}}"))
        .add(
            graph(
                    "Written",
                    Unit.PER_SECOND,
                    "Records sent to the lanes, and not sent since the lanes hold them.")
                .query(
                    "sum(rate(tailrace_dispatcher_deliveries_total{@}[$__rate_interval]))", "sent")
                .query(
                    "sum(rate(tailrace_dispatcher_deliveries_skipped_total{@}[$__rate_interval]))",
                    "there already"))
        .add(
            graph(
                    "Dead letters and losses",
                    Unit.PER_SECOND,
                    "What could not be routed, by reason; times that ingress had lost events.")
                .query(
                    "sum by (reason)"
                        + " (rate(tailrace_dispatcher_dead_letters_total{@}[$__rate_interval]))",
                    "{{reason}}")
                .query(
                    "sum(rate(tailrace_dispatcher_upstream_gaps_total{@}[$__rate_interval]))",
                    "lost in ingress"))
        .add(
            graph(
                    "Lag",
                    Unit.COUNT,
                    "Records in ingress that are not read yet. The console shows them by"
                        + " partition.")
                .query("tailrace_dispatcher_lag_records{@}", "{{instance}}"))
        .add(
            graph(
                    "Poll to acknowledgement",
                    Unit.SECONDS,
                    "From the poll that read an event to the acknowledgement of its last copy: the"
                        + " mean, and the longest of late.")
                .query(
                    "sum by (instance)"
                        + " (rate(tailrace_dispatcher_latency_seconds_sum{@}[$__rate_interval])) /"
                        + " sum by (instance)"
                        + " (rate(tailrace_dispatcher_latency_seconds_count{@}[$__rate_interval]))",
                    "mean {{instance}}")
                .query("tailrace_dispatcher_latency_seconds_max{@}", "longest {{instance}}"))
        .add(
            heatmap(
                "Ingress to acknowledgement",
                "From an ingress record's own time to the acknowledgement of its last copy. Wrong"
                    + " clocks of producers show here.",
                "sum by (le)"
                    + " (increase(tailrace_dispatcher_dispatch_latency_seconds_bucket{@}[$__rate_interval]))"));
  }

  private static void kafka(Dashboard board) {
    board
        .row("Writing to Kafka")
        .add(
            graph("In flight", Unit.BYTES, "Sent to the lanes and not acknowledged.")
                .query("tailrace_dispatcher_in_flight_bytes{@}", "{{instance}}"))
        .add(
            graph("Requests", Unit.SECONDS, "How long brokers take to acknowledge, on average.")
                .query(
                    "max by (client_id) (kafka_producer_request_latency_avg{@,"
                        + " client_id=~\"dispatcher-pump-.*\"} / 1000 >= 0)",
                    "{{client_id}}"))
        .add(
            graph(
                    "Records of an event",
                    Unit.COUNT,
                    "Lane records that an event became, on average.")
                .query(
                    "sum by (instance)"
                        + " (rate(tailrace_dispatcher_records_per_event_sum{@}[$__rate_interval]))"
                        + " / sum by (instance)"
                        + " (rate(tailrace_dispatcher_records_per_event_count{@}[$__rate_interval]))",
                    "{{instance}}"));
  }
}
