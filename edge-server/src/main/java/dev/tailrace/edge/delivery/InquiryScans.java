package dev.tailrace.edge.delivery;

import com.google.protobuf.Timestamp;
import dev.tailrace.edge.log.PartitionLog;
import dev.tailrace.schemas.Channels;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.v1.ConnectionView;
import dev.tailrace.v1.Inquiry;
import dev.tailrace.v1.LanePlace;
import dev.tailrace.v1.ReaderView;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Looks for the connections that operators ask about, some of them in each turn of the agent, so
 * that an edge with many delivers on meanwhile. Those that come or go during a scan may be missed.
 *
 * <p>Threading: the delivery agent.
 */
final class InquiryScans {
  /** Readers that are looked at in a turn, and one more for each connection. */
  static final int LOOKS_PER_TURN = 4_096;

  /** More inquiries than that do not wait; whoever asks is told that the edge did not answer. */
  static final int MOST_WAITING = 64;

  private static final int MOST_CHANNELS = 20;
  private static final int MOST_READERS = 20;
  private static final int MOST_AGENTS = 64;

  private final int index;
  private final PartitionFollows follows;
  private final ToLongFunction<LaneReader> positions;
  private final Queue<DeliveryCommand.Inquire> waiting = new ArrayDeque<>();
  private @Nullable Scan current;

  /**
   * With what tells a reader's position as a cursor would.
   *
   * @param index of the agent
   */
  InquiryScans(int index, PartitionFollows follows, ToLongFunction<LaneReader> positions) {
    this.index = index;
    this.follows = follows;
    this.positions = positions;
  }

  /** One more inquiry. */
  void add(DeliveryCommand.Inquire inquire) {
    if (waiting.size() < MOST_WAITING) {
      waiting.add(inquire);
    }
  }

  /** A turn's work; 0 when nothing is asked. */
  int scan(Collection<Connection> connections) {
    Scan scan = current;
    if (scan == null) {
      DeliveryCommand.Inquire next = waiting.poll();
      if (next == null) {
        return 0;
      }
      scan = new Scan(next, List.copyOf(connections));
      current = scan;
    }
    if (scan.isOver(LOOKS_PER_TURN)) {
      current = null;
      scan.tell();
    }
    return 1;
  }

  /** One inquiry, and those who were there when its turn came. */
  private final class Scan {
    private final DeliveryCommand.Inquire inquire;
    private final List<Connection> connections;
    private final List<ConnectionView> told = new ArrayList<>();
    private int next;
    private int count;
    private int past;

    private Scan(DeliveryCommand.Inquire inquire, List<Connection> connections) {
      this.inquire = inquire;
      this.connections = connections;
    }

    private boolean isOver(int looks) {
      int left = looks;
      while (next < connections.size() && left > 0) {
        Connection connection = connections.get(next++);
        left -= 1 + connection.readers().size();
        look(connection);
      }
      return next == connections.size();
    }

    private void look(Connection connection) {
      Inquiry inquiry = inquire.inquiry();
      if (connection.state() == Connection.State.CLOSED || !isMeant(connection, inquiry)) {
        return;
      }
      count++;
      List<LaneReader> readers = readers(connection, inquiry);
      if (inquiry.hasPlace()
          && readers.stream().anyMatch(reader -> isPast(reader, inquiry.getPlace()))) {
        past++;
      }
      if (told.size() < InquiryFindings.MOST_TOLD) {
        told.add(view(connection, readers));
      }
    }

    private void tell() {
      inquire.sink().accept(new InquiryFindings(count, past, List.copyOf(told)));
    }
  }

  private static boolean isMeant(Connection connection, Inquiry inquiry) {
    return (inquiry.getUser().isEmpty() || inquiry.getUser().equals(connection.subscriber().user()))
        && (inquiry.getChannel().isEmpty()
            || connection.readers().stream()
                .anyMatch(reader -> follows(reader, inquiry.getChannel())));
  }

  private static boolean follows(LaneReader reader, String channel) {
    return reader.partition().lane() == Lane.CHANNELS && reader.contains(channel);
  }

  /** Those that bring what was asked about. */
  private static List<LaneReader> readers(Connection connection, Inquiry inquiry) {
    return connection.readers().stream()
        .filter(
            reader ->
                reader.partition().lane() == Lane.USERS
                    ? !inquiry.getUser().isEmpty()
                    : reader.contains(inquiry.getChannel()))
        .limit(MOST_READERS)
        .toList();
  }

  /** What a slot has left lies behind whoever reads where it went. */
  private boolean isPast(LaneReader reader, LanePlace place) {
    LanePartition partition = reader.partition();
    if (!name(partition.lane()).equals(place.getLane())
        || reader.state() == LaneReader.State.OPENING) {
      return false;
    }
    return partition.generation() == place.getGeneration()
        ? partition.partition() == place.getPartition()
            && positions.applyAsLong(reader) > place.getOffset()
        : partition.generation() > place.getGeneration();
  }

  private ConnectionView view(Connection connection, List<LaneReader> readers) {
    ConnectionView.Builder view =
        ConnectionView.newBuilder()
            .setId(connection.id() * MOST_AGENTS + index)
            .setTransport(connection.transport().kind().name().toLowerCase(Locale.ROOT))
            .setState(CensusTaker.standing(connection).name().toLowerCase(Locale.ROOT))
            .setSince(timestamp(connection.sinceMs()))
            .setChannelCount(connection.subscriptions())
            .setPendingBytes(connection.pendingBytes());
    if (connection.subscriber().user() != null) {
      view.setUser(connection.subscriber().user());
    }
    if (connection.address() != null) {
      view.setAddress(connection.address().getHostAddress());
    }
    addChannels(view, connection);
    readers.forEach(reader -> view.addReaders(view(reader)));
    return view.build();
  }

  /** In no order: to sort ten thousand is too much for a turn. */
  private static void addChannels(ConnectionView.Builder view, Connection connection) {
    for (LaneReader reader : connection.readers()) {
      if (reader.partition().lane() != Lane.CHANNELS) {
        continue;
      }
      for (String channel : reader.addresses()) {
        if (view.getChannelsCount() == MOST_CHANNELS) {
          return;
        }
        if (!channel.equals(Channels.BROADCAST)) {
          view.addChannels(channel);
        }
      }
    }
  }

  private ReaderView view(LaneReader reader) {
    LanePartition partition = reader.partition();
    PartitionLog log = follows.log(partition);
    return ReaderView.newBuilder()
        .setLane(name(partition.lane()))
        .setGeneration(partition.generation())
        .setPartition(partition.partition())
        .setNextOffset(
            reader.state() == LaneReader.State.OPENING ? -1 : positions.applyAsLong(reader))
        .setEndOffset(log == null ? -1 : log.endOffset())
        .build();
  }

  private static Timestamp timestamp(long ms) {
    return Timestamp.newBuilder()
        .setSeconds(Math.floorDiv(ms, 1_000))
        .setNanos(1_000_000 * Math.floorMod(ms, 1_000))
        .build();
  }

  private static String name(Lane lane) {
    return lane.name().toLowerCase(Locale.ROOT);
  }
}
