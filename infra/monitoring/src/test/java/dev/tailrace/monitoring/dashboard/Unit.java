package dev.tailrace.monitoring.dashboard;

/** What a panel's numbers are, by Grafana's names. */
enum Unit {
  COUNT("short"),
  PER_SECOND("cps"),
  EVENTS_PER_SECOND("eps"),
  BYTES("bytes"),
  BYTES_PER_SECOND("Bps"),
  SECONDS("s"),
  SHARE("percentunit");

  private final String grafana;

  Unit(String grafana) {
    this.grafana = grafana;
  }

  String grafana() {
    return grafana;
  }
}
