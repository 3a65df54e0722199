package dev.tailrace.simulation;

import dev.tailrace.edge.connection.Transport;
import dev.tailrace.schemas.Lane;
import dev.tailrace.testing.history.Address;
import java.util.List;
import java.util.Set;

/** Something that is done to the platform at a moment of a history. */
sealed interface Action {
  /** When, milliseconds after the beginning. */
  long atMs();

  /** An event is written to an ingress partition. */
  record Publish(long atMs, String id, Set<Address> addresses, int partition) implements Action {}

  /** A client begins to follow a user's events and channels. */
  record Follow(long atMs, int client, Transport.Kind kind, String user, List<String> channels)
      implements Action {}

  /** A dispatcher dies, and another starts in its place. */
  record KillDispatcher(long atMs, int which, long restartMs) implements Action {}

  /** A dispatcher ends in order, and another starts in its place. */
  record StopDispatcher(long atMs, int which, long restartMs) implements Action {}

  /** A dispatcher stands still. */
  record PauseDispatcher(long atMs, int which, long ms) implements Action {}

  /** A dispatcher and Kafka do not reach each other. */
  record CutDispatcher(long atMs, int which, long ms) implements Action {}

  /** An edge dies, and another starts in its place. */
  record KillEdge(long atMs, int which, long restartMs) implements Action {}

  /** An edge sends its connections away. */
  record DrainEdge(long atMs, int which, long windowMs, long restartMs) implements Action {}

  /** An edge stands still. */
  record PauseEdge(long atMs, int which, long ms) implements Action {}

  /** An edge and Kafka do not reach each other. */
  record CutEdge(long atMs, int which, long ms) implements Action {}

  /** A partition of any topic gets another leader, with none in between. */
  record ChangeLeader(long atMs, int partition, long downMs) implements Action {}

  /** No partition has a leader. */
  record LoseKafka(long atMs, long ms) implements Action {}

  /** Retention takes the beginning of a lane partition, as far as this part of it. */
  record CutLane(long atMs, int partition, double part) implements Action {}

  /**
   * Slots move to a new generation of a lane.
   *
   * @param partitions how many it is to have
   * @param channel whose slot goes alone instead; empty for none
   */
  record MoveSlots(long atMs, Lane lane, int partitions, String channel) implements Action {}

  /** Retention takes the beginning of an ingress partition, be it dispatched or not. */
  record CutIngress(long atMs, int partition, double part) implements Action {}

  /** A client loses its connection. */
  record CutClient(long atMs, int client) implements Action {}

  /** A client is away: it goes on from its cursor when it is back. */
  record AwayClient(long atMs, int client, long ms) implements Action {}

  /** All dispatchers die, and others start when there was none for so long. */
  record LoseDispatchers(long atMs, long restartMs) implements Action {}

  /** A client does not read. */
  record SlowClient(long atMs, int client, long ms) implements Action {}

  /** Whether it is a fault, and not what the platform is for. */
  default boolean isFault() {
    return !(this instanceof Publish || this instanceof Follow);
  }
}
