package dev.tailrace.edge.delivery;

import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.edge.connection.DeliveryListener;
import dev.tailrace.edge.connection.DisconnectReason;
import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.connection.Subscriber;
import dev.tailrace.schemas.Channels;
import dev.tailrace.schemas.Lane;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Takes from connections what their subscribers may not have any more: all, or a channel. Whoever
 * registers, subscribes or refreshes his token is judged then; a sweep is for those who are there.
 * As what is revoked can be seen before the sweep is asked for, nobody slips in between.
 *
 * <p>Threading: the delivery agent.
 */
final class RevocationSweep {
  static final String REVOKED = "the grant for it is revoked";
  static final String NOT_IN_TOKEN = "the new token does not grant it";

  private final PartitionFollows follows;
  private final EdgeClock clock;
  private final DeliveryListener listener;
  private final BiConsumer<Connection, DisconnectReason> end;
  private final BiConsumer<Connection, Notice> tell;

  /**
   * With what ends a connection, and what tells its client something.
   *
   * @param end leaves a connection that has ended already as it is
   */
  RevocationSweep(
      PartitionFollows follows,
      EdgeClock clock,
      DeliveryListener listener,
      BiConsumer<Connection, DisconnectReason> end,
      BiConsumer<Connection, Notice> tell) {
    this.follows = follows;
    this.clock = clock;
    this.listener = listener;
    this.end = end;
    this.tell = tell;
  }

  /**
   * Judges all connections, and ends those that are to be ended once.
   *
   * @param onJudged hears of each that goes on
   */
  void sweep(
      Collection<Connection> connections,
      DeliveryCommand.Sweep command,
      Consumer<Connection> onJudged) {
    for (Connection connection : List.copyOf(connections)) {
      if (!judge(connection, REVOKED)) {
        continue;
      }
      String user = connection.subscriber().user();
      if (command.everybody() || (user != null && command.disconnected().contains(user))) {
        end.accept(connection, DisconnectReason.DISCONNECTED);
      } else {
        onJudged.accept(connection);
      }
    }
  }

  /**
   * Takes from a connection what it may not have any more.
   *
   * @param why a channel is not granted, in words
   * @return whether it goes on
   */
  boolean judge(Connection connection, String why) {
    if (connection.subscriber().revoked().getAsBoolean()) {
      end.accept(connection, DisconnectReason.REVOKED);
      return false;
    }
    Set<String> lost = lost(connection);
    if (lost.isEmpty()) {
      return true;
    }
    if (connection.transport().kind().isAnswer()) {
      refuse(connection, error(lost.iterator().next(), why));
      return false;
    }
    List.copyOf(connection.readers()).forEach(reader -> take(reader, lost));
    for (String channel : lost) {
      listener.onWithdrawn();
      tell.accept(connection, error(channel, why));
    }
    return connection.state() != Connection.State.CLOSED;
  }

  /** What an answer has been given so far may be of that channel: it is not given. */
  private void refuse(Connection connection, Notice error) {
    if (!connection.isWriting()) {
      connection.transport().notice(error, () -> "");
    }
    end.accept(connection, DisconnectReason.REVOKED);
  }

  private static Notice error(String channel, String why) {
    return new Notice.CommandError(LaneReader.NO_REF, "not_granted", why, channel);
  }

  private static Set<String> lost(Connection connection) {
    Subscriber subscriber = connection.subscriber();
    Set<String> lost = Set.of();
    for (LaneReader reader : connection.readers()) {
      if (reader.partition().lane() == Lane.CHANNELS) {
        for (String channel : reader.addresses()) {
          if (!channel.equals(Channels.BROADCAST) && !subscriber.maySubscribe().test(channel)) {
            lost = lost.isEmpty() ? new TreeSet<>() : lost;
            lost.add(channel);
          }
        }
      }
    }
    return lost;
  }

  /** The other channels of its partition stay with a reader that has any. */
  private void take(LaneReader reader, Set<String> lost) {
    Set<String> of = new HashSet<>(reader.addresses());
    of.retainAll(lost);
    if (of.isEmpty() || reader.partition().lane() != Lane.CHANNELS) {
      return;
    }
    if (of.size() == reader.addresses().size()) {
      reader.connection().readers().remove(reader);
      follows.remove(reader, clock.monotonicMs());
    } else {
      follows.removeAddresses(reader, of);
    }
  }
}
