package dev.tailrace.monitoring.dashboard;

import static dev.tailrace.monitoring.dashboard.Panel.graph;

/** What lies between dispatchers and edges, and what following it costs. */
final class LanesBoard {
  private LanesBoard() {}

  static Dashboard build() {
    Dashboard board =
        Dashboard.of(
            "lanes",
            "lanes",
            "What lies between dispatchers and edges, and what following it costs.");
    lanes(board);
    catchUp(board);
    slots(board);
    return board;
  }

  private static void lanes(Dashboard board) {
    board
        .row("Lanes")
        .add(
            graph(
                    "Written and read",
                    Unit.PER_SECOND,
                    "Records written to the lanes, and read by all edges: each edge reads what it"
                        + " follows once.")
                .query(
                    "sum(rate(tailrace_dispatcher_deliveries_total[$__rate_interval]))", "written")
                .query("sum(rate(tailrace_edge_tail_records_total[$__rate_interval]))", "read"))
        .add(
            graph(
                    "Bytes from the lanes",
                    Unit.BYTES_PER_SECOND,
                    "What edges read of the lanes' ends; and from Kafka for clients that catch up.")
                .query(
                    "sum by (instance) (rate(tailrace_edge_tail_bytes_total[$__rate_interval]))",
                    "{{instance}}")
                .query(
                    "sum(rate(tailrace_edge_catchup_scanned_bytes_total[$__rate_interval]))",
                    "catch-up, all"))
        .add(
            graph("Partitions followed", Unit.COUNT, "Lane partitions that an edge follows.")
                .query("tailrace_edge_tail_partitions", "{{instance}}"))
        .add(
            graph(
                    "Read for nobody",
                    Unit.SHARE,
                    "New deliveries that nobody at the edge followed, over all, since its start."
                        + " Placement makes it less.")
                .query("tailrace_edge_wasted_records_ratio", "{{instance}}"))
        .add(
            graph(
                    "Furthest behind",
                    Unit.COUNT,
                    "From the position furthest behind to its partition's end, by lane, at the"
                        + " worst edge.")
                .query("max by (lane) (tailrace_edge_lag_records)", "{{lane}}"));
  }

  private static void catchUp(Dashboard board) {
    board
        .add(
            graph(
                    "Not delivered",
                    Unit.PER_SECOND,
                    "Lane records that edges dropped: repetitions of a dispatcher that was killed"
                        + " or paused, and what is damaged or no delivery.")
                .query(
                    "sum(rate(tailrace_edge_tail_duplicate_records_total[$__rate_interval]))",
                    "repetitions")
                .query(
                    "sum(rate(tailrace_edge_tail_unreadable_records_total[$__rate_interval]))",
                    "unreadable"))
        .add(
            graph(
                    "Catch-up scans",
                    Unit.PER_SECOND,
                    "Scans of a lane partition that were begun, and what a byte to a client costs.")
                .query("sum(rate(tailrace_edge_catchup_laps_total[$__rate_interval]))", "scans"))
        .add(
            graph(
                    "Bytes scanned for a byte",
                    Unit.COUNT,
                    "Bytes that catch-up read from Kafka for each that a client was given.")
                .query(
                    "sum(rate(tailrace_edge_catchup_scanned_bytes_total[$__rate_interval]))"
                        + " / sum(rate(tailrace_edge_catchup_given_bytes_total[$__rate_interval]))",
                    "cost"))
        .add(
            graph("Ingress", Unit.COUNT, "Records in ingress that are not read yet.")
                .query("sum(tailrace_dispatcher_lag_records)", "records"));
  }

  private static void slots(Dashboard board) {
    board
        .row("Slots and placement")
        .add(
            graph(
                    "Slot map",
                    Unit.COUNT,
                    "The newest version that each dispatcher knows: they differ for a moment at"
                        + " most.")
                .query("tailrace_dispatcher_slot_map_version", "{{instance}}"))
        .add(
            graph(
                    "Held",
                    Unit.SECONDS,
                    "For how long nothing has been read, since a move of slots has no fence yet.")
                .query("tailrace_dispatcher_held_seconds", "{{instance}}")
                .limit(5))
        .add(
            graph("Edges known", Unit.COUNT, "Edges that each process knows of, to send users to.")
                .query("tailrace_edge_directory_edges", "edge {{instance}}")
                .query("tailrace_dispatcher_directory_edges", "dispatcher {{instance}}"))
        .add(
            graph(
                    "Users sent",
                    Unit.PER_SECOND,
                    "Answers of /v1/locate: to an edge, or nowhere when none is known.")
                .query(
                    "sum by (answer) (rate(tailrace_edge_located_total[$__rate_interval]))",
                    "{{answer}}"))
        .add(
            graph(
                    "Announcements",
                    Unit.PER_SECOND,
                    "What edges say of themselves: acknowledged, and not taken by Kafka.")
                .query(
                    "sum(rate(tailrace_edge_announcements_total[$__rate_interval]))",
                    "acknowledged")
                .query(
                    "sum(rate(tailrace_edge_announcements_failed_total[$__rate_interval]))",
                    "failed"))
        .add(
            graph(
                    "Not understood",
                    Unit.PER_SECOND,
                    "Records of tailrace.control and tailrace.edges that say nothing an edge"
                        + " knows.")
                .query(
                    "sum(rate(tailrace_edge_control_ignored_records_total[$__rate_interval]))",
                    "control")
                .query(
                    "sum(rate(tailrace_edge_directory_ignored_records_total[$__rate_interval]))",
                    "edges"));
  }
}
