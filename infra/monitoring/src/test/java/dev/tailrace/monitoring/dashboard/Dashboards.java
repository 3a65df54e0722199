package dev.tailrace.monitoring.dashboard;

import java.util.List;

/** All there are. */
public final class Dashboards {
  private Dashboards() {}

  /** All, each built anew. */
  public static List<Dashboard> all() {
    return List.of(
        FleetBoard.build(),
        ClientsBoard.build(),
        EdgeBoard.build(),
        DispatcherBoard.build(),
        LanesBoard.build());
  }
}
