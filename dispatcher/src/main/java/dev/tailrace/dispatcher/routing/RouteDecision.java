package dev.tailrace.dispatcher.routing;

import dev.tailrace.v1.DeadLetter.Reason;
import java.util.List;

/** What becomes of one ingress record. */
public sealed interface RouteDecision {
  /**
   * It is copied to the lanes.
   *
   * @param records in the order in which they are written; never empty
   */
  record Deliver(List<LaneRecord> records) implements RouteDecision {}

  /** It cannot be routed, and is kept with the reason. */
  record DeadLetter(Reason reason, String detail) implements RouteDecision {}
}
