package dev.tailrace.simulation;

import dev.tailrace.edge.connection.ConnectionAcceptor;
import dev.tailrace.edge.connection.CursorSource;
import dev.tailrace.edge.connection.DisconnectReason;
import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.connection.WriteCallback;
import dev.tailrace.edge.log.LogEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One connection between an edge and a client: what is flushed comes to the client after a while,
 * and the edge hears so after another; when it breaks, what is on its way is gone.
 *
 * <p>Threading: one test thread.
 */
final class SimTransport implements Transport {
  private static final int TURN_LIMIT = 8;

  /**
   * An event or a notice, with the cursor that the client goes on from after it.
   *
   * @param cursor of the whole connection; of the event's partition alone on a WebSocket
   */
  record Block(@Nullable LogEntry entry, @Nullable Notice notice, String cursor) {}

  /** Who is at the other end. */
  interface Reader {
    /** A turn has come, and the cursor after all of it. */
    void onTurn(SimTransport from, List<Block> turn, String cursor);

    /** The connection is over. */
    void onEnd(SimTransport from);

    /** How long it leaves what has come unread. */
    long readsAfterMs();
  }

  private final World world;
  private final SimEdge edge;
  private final Kind kind;
  private final Reader reader;
  private final ConnectionAcceptor acceptor;
  private final List<Block> turn = new ArrayList<>();
  private boolean broken;

  SimTransport(World world, SimEdge edge, Kind kind, Reader reader) {
    this.world = world;
    this.edge = edge;
    this.kind = kind;
    this.reader = reader;
    this.acceptor = edge.acceptor();
  }

  SimEdge edge() {
    return edge;
  }

  /** Who serves it. */
  ConnectionAcceptor acceptor() {
    return acceptor;
  }

  boolean isBroken() {
    return broken;
  }

  /** It breaks; the edge finds out after a while, and the client is expected to know. */
  void breakOff() {
    if (!broken) {
      broken = true;
      edge.process()
          .after(
              world.between(0, 300),
              () -> {
                acceptor.offerClosed(this);
                edge.process().touch();
              });
    }
  }

  @Override
  public Kind kind() {
    return kind;
  }

  @Override
  public void event(LogEntry entry, CursorSource cursor) {
    String after =
        kind == Kind.WEBSOCKET ? edge.encoder().cursorAfter(entry) : cursor.get().toString();
    turn.add(new Block(entry, null, after));
  }

  @Override
  public void notice(Notice notice, CursorSource cursor) {
    boolean shown =
        switch (notice) {
          case Notice.Gap gap -> true;
          case Notice.Alive alive -> false;
          case Notice.Subscribed subscribed -> kind == Kind.WEBSOCKET;
          default -> !kind.isAnswer();
        };
    if (shown) {
      turn.add(new Block(null, notice, cursor.get().toString()));
    }
  }

  @Override
  public int turnBytes() {
    return 100 * turn.size();
  }

  @Override
  public boolean isTurnFull() {
    return turn.size() >= TURN_LIMIT;
  }

  @Override
  public void discardTurn() {
    turn.clear();
  }

  @Override
  public void flush(CursorSource cursor, WriteCallback callback) {
    List<Block> blocks = List.copyOf(turn);
    String after = cursor.get().toString();
    turn.clear();
    world.after(world.between(0, 5), () -> arrive(blocks, after, callback));
  }

  private void arrive(List<Block> blocks, String after, WriteCallback callback) {
    if (broken) {
      written(callback, new IOException("connection reset"));
      return;
    }
    long unreadMs = reader.readsAfterMs();
    if (unreadMs > 0) {
      world.after(unreadMs, () -> arrive(blocks, after, callback));
      return;
    }
    reader.onTurn(this, blocks, after);
    written(callback, null);
    if (kind.isAnswer()) {
      reader.onEnd(this);
    }
  }

  private void written(WriteCallback callback, @Nullable IOException failure) {
    edge.process()
        .after(
            world.between(0, 3),
            () -> {
              edge.process().touch();
              callback.onWritten(failure);
            });
  }

  @Override
  public void close(DisconnectReason reason) {
    world.after(
        world.between(0, 5),
        () -> {
          if (!broken) {
            broken = true;
            reader.onEnd(this);
          }
        });
  }
}
