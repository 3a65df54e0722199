package dev.tailrace.monitoring.dashboard;

import static dev.tailrace.monitoring.dashboard.Panel.graph;
import static dev.tailrace.monitoring.dashboard.Panel.heatmap;
import static dev.tailrace.monitoring.dashboard.Panel.stat;

/** What it is like to be a client. */
final class ClientsBoard {
  private ClientsBoard() {}

  static Dashboard build() {
    Dashboard board =
        Dashboard.of(
            "clients",
            "client experience",
            "What clients get: how soon, how whole, and whether they are let in.");
    objectives(board);
    deliveries(board);
    comingAndGoing(board);
    publishing(board);
    return board;
  }

  private static void objectives(Dashboard board) {
    board.row("Objectives, of 30 days");
    objective(
        board,
        "Deliveries in time",
        "delivery_latency",
        "Writes that carried nothing older than 500 ms. The objective is 99 %.",
        0.99);
    objective(
        board,
        "Whole resumes",
        "resumes",
        "Positions that went on from a cursor and lost nothing that Kafka should hold. The"
            + " objective is 99.9 %.",
        0.999);
    objective(
        board,
        "Without a gap",
        "gaps",
        "Events delivered, of those and the gaps for which clients are not to blame. The objective"
            + " is 99.999 %.",
        0.99999);
  }

  private static void objective(
      Dashboard board, String title, String slo, String description, double least) {
    board
        .add(
            stat(
                    title,
                    Unit.SHARE,
                    description,
                    "1 - tailrace:slo_bad:ratio30d{slo=\"" + slo + "\"}")
                .least(least))
        .add(
            stat(
                    title + ", last hour",
                    Unit.SHARE,
                    description,
                    "1 - tailrace:slo_bad:ratio1h{slo=\"" + slo + "\"}")
                .least(least));
  }

  private static void deliveries(Dashboard board) {
    board
        .row("Deliveries")
        .add(
            graph(
                    "Latency",
                    Unit.SECONDS,
                    "From a lane record's own time to the write that gave it to a client that was"
                        + " there, on all edges.")
                .query("tailrace:delivery_latency_seconds:p50", "p50")
                .query("tailrace:delivery_latency_seconds:p99", "p99")
                .limit(0.5))
        .add(
            heatmap(
                "Latency, all of it",
                "The same: how many writes lie where.",
                "sum by (le)"
                    + " (increase(tailrace_edge_delivery_latency_seconds_bucket[$__rate_interval]))"))
        .add(
            graph(
                    "Slow clients",
                    Unit.SHARE,
                    "Of all connections, those that have not taken their last write, and that read"
                        + " from Kafka.")
                .query(
                    "sum by (state)"
                        + " (tailrace_edge_connections_standing{state=~\"lagging|catching_up\"}) /"
                        + " on () group_left () sum(tailrace_edge_connections_standing)",
                    "{{state}}"))
        .add(
            graph(
                    "Resumes",
                    Unit.PER_SECOND,
                    "Positions that went on from a cursor: whole, or why not.")
                .query(
                    "sum by (outcome) (rate(tailrace_edge_resumes_total[$__rate_interval]))",
                    "{{outcome}}"))
        .add(
            graph(
                    "Gaps told",
                    Unit.PER_SECOND,
                    "budget and skipped are what a client's own limits or slowness cost it,"
                        + " retention that it was away for too long.")
                .query(
                    "sum by (reason) (rate(tailrace_edge_gaps_total[$__rate_interval]))",
                    "{{reason}}"))
        .add(
            graph(
                    "Out of the window",
                    Unit.PER_SECOND,
                    "Live readers that memory left behind, by what was done about it.")
                .query(
                    "sum by (policy) (rate(tailrace_edge_slow_policy_total[$__rate_interval]))",
                    "{{policy}}"));
  }

  private static void comingAndGoing(Dashboard board) {
    board
        .row("Coming, going, publishing")
        .add(
            graph(
                    "Connections opened",
                    Unit.PER_SECOND,
                    "By transport. A rise without more connections is clients that lose theirs.")
                .query(
                    "sum by (transport)"
                        + " (rate(tailrace_edge_connections_opened_total[$__rate_interval]))",
                    "{{transport}}"))
        .add(
            graph(
                    "Connections ended by us",
                    Unit.PER_SECOND,
                    "By reason, without those that clients ended.")
                .query(
                    "sum by (reason)"
                        + " (rate(tailrace_edge_connections_closed_total{reason!=\"client\"}[$__rate_interval]))",
                    "{{reason}}"))
        .add(
            graph(
                    "Turned away",
                    Unit.PER_SECOND,
                    "Connections that were not accepted, and tokens that were not taken.")
                .query(
                    "sum by (reason)"
                        + " (rate(tailrace_edge_connections_refused_total[$__rate_interval]))",
                    "connection: {{reason}}")
                .query(
                    "sum by (reason) (rate(tailrace_edge_auth_refused_total[$__rate_interval]))",
                    "token: {{reason}}"));
  }

  private static void publishing(Dashboard board) {
    board
        .add(
            graph(
                    "Publishing",
                    Unit.SECONDS,
                    "Until Kafka has acknowledged what a client published.")
                .query(
                    "histogram_quantile(0.5, sum by (le)"
                        + " (rate(tailrace_edge_publish_latency_seconds_bucket[$__rate_interval])))",
                    "p50")
                .query(
                    "histogram_quantile(0.99, sum by (le)"
                        + " (rate(tailrace_edge_publish_latency_seconds_bucket[$__rate_interval])))",
                    "p99"))
        .add(
            graph(
                    "Publishing refused",
                    Unit.PER_SECOND,
                    "By reason; rate_limited published more than one user may.")
                .query(
                    "sum by (reason) (rate(tailrace_edge_publish_refused_total[$__rate_interval]))",
                    "{{reason}}"))
        .add(
            graph(
                    "Taken back",
                    Unit.PER_SECOND,
                    "Channels taken from connections whose grant was revoked.")
                .query(
                    "sum(rate(tailrace_edge_subscriptions_withdrawn_total[$__rate_interval]))",
                    "subscriptions"));
  }
}
