package dev.tailrace.simulation;

import java.util.List;

/** The defects that the simulation is held to find. */
final class Mutations {
  static final List<Mutation> ALL =
      List.of(
          new Mutation(
              "an edge takes every copy for new",
              "edge.lane.SourceFold",
              "accept",
              Mutation.Yes.class),
          new Mutation(
              "a pump does not look at what the lanes hold",
              "dispatcher.pump.LaneMarks",
              "holds",
              Mutation.Nothing.class),
          new Mutation(
              "a pump commits what is not acknowledged",
              "dispatcher.pump.SourceProgress",
              "acknowledged",
              Mutation.PositionRead.class),
          new Mutation(
              "a later copy passes a failed one",
              "dispatcher.pump.LaneProducer",
              "fail",
              Mutation.Nothing.class),
          new Mutation(
              "a pump begins before it has read the lanes back",
              "dispatcher.pump.LaneReadBack",
              "caughtUp",
              Mutation.Yes.class),
          new Mutation(
              "what ingress lost is not told",
              "dispatcher.pump.StartPosition",
              "gap",
              Mutation.Nothing.class),
          new Mutation(
              "a cursor points behind the next event",
              "edge.log.LogEntry",
              "nextOffset",
              Mutation.OneMore.class),
          new Mutation(
              "a cursor points at the last event again",
              "edge.log.LogEntry",
              "nextOffset",
              Mutation.OneLess.class),
          new Mutation(
              "everybody on a partition gets everything",
              "edge.log.LogEntry",
              "matches",
              Mutation.Yes.class),
          new Mutation(
              "the tail forgets which records were repetitions",
              "edge.log.PartitionLog",
              "addRepetition",
              Mutation.Nothing.class),
          new Mutation(
              "catch-up folds from its first record only",
              "edge.catchup.PartitionScan",
              "askFoldStart",
              Mutation.LaterByTheHorizon.class),
          new Mutation(
              "a window lets go of what was not swept",
              "edge.log.PartitionLog",
              "lowestSweep",
              Mutation.OneMore.class),
          new Mutation(
              "what retention took is not told",
              "edge.catchup.CatchUpSession",
              "isTruncated",
              Mutation.Nothing.class),
          new Mutation(
              "catch-up goes on behind the next record",
              "edge.catchup.CatchUpSession",
              "position",
              Mutation.OneMore.class),
          new Mutation(
              "a log that is given up is not begun anew",
              "edge.delivery.DeliveryAgent",
              "onLogLost",
              Mutation.Nothing.class));

  private Mutations() {}
}
