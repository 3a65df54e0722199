package dev.tailrace.monitoring.dashboard;

import static dev.tailrace.monitoring.dashboard.Panel.graph;

/** What every process shows of its JVM and machine. */
final class Machine {
  private Machine() {}

  static void addTo(Dashboard board, String process) {
    String job = "tailrace-" + process;
    String of = "{@, job=\"" + job + "\"}";
    board
        .add(
            graph("CPU", Unit.SHARE, "Share of the machine's cores that the process takes.")
                .query("process_cpu_usage" + of, "{{instance}}"))
        .add(
            graph(
                    "Heap after a collection",
                    Unit.BYTES,
                    "What is in use after a collection of the old generation, and the most there"
                        + " may be.")
                .query("jvm_gc_live_data_size_bytes" + of, "in use {{instance}}")
                .query("jvm_gc_max_data_size_bytes" + of, "most {{instance}}"))
        .add(
            graph("Heap", Unit.BYTES, "What is in use, garbage included.")
                .query(
                    "sum by (instance) (jvm_memory_used_bytes{@, job=\""
                        + job
                        + "\", area=\"heap\"})",
                    "{{instance}}"))
        .add(
            graph(
                    "Buffers outside the heap",
                    Unit.BYTES,
                    "Direct buffers: sockets, and what Kafka's clients read into.")
                .query(
                    "jvm_buffer_memory_used_bytes{@, job=\"" + job + "\", id=\"direct\"}",
                    "{{instance}}"))
        .add(
            graph(
                    "Pauses",
                    Unit.SHARE,
                    "Share of the time in which a collection stopped everything.")
                .query(
                    "sum by (instance) (rate(jvm_gc_pause_seconds_sum{@, job=\""
                        + job
                        + "\"}[$__rate_interval]))",
                    "{{instance}}"))
        .add(
            graph(
                    "Open files",
                    Unit.COUNT,
                    "File descriptors: each connection is one. And how many there may be.")
                .query("process_files_open_files" + of, "open {{instance}}")
                .query("process_files_max_files" + of, "most {{instance}}"))
        .add(
            graph(
                    "Spans",
                    Unit.PER_SECOND,
                    "Spans of traces that the collector has taken, and that are lost: there was no"
                        + " room for them, or it did not take them. None without"
                        + " tracing.endpoint.")
                .query(spans(process, "exported"), "taken {{instance}}")
                .query(spans(process, "dropped"), "lost {{instance}}"));
  }

  private static String spans(String process, String end) {
    return "rate(tailrace_%s_tracing_spans_%s_total{@}[$__rate_interval])".formatted(process, end);
  }
}
