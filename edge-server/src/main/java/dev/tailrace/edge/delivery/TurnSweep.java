package dev.tailrace.edge.delivery;

import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.edge.connection.Transport;
import java.util.ArrayDeque;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Goes round the connections that have something waiting and gives each its turn: one write of all
 * that it lacks, up to what one write may carry. Who is still being written to is passed over, and
 * comes again when that is done.
 *
 * <p>Threading: the delivery agent; writes may end on any thread.
 */
final class TurnSweep {
  private static final int TURNS_PER_CYCLE = 256;

  private final TurnWriter turns;
  private final EdgeClock clock;
  private final Consumer<Connection> onRevoked;
  private final BiConsumer<Connection, RuntimeException> onFailed;
  private final TurnWriter.Flushed onWritten;
  private final TurnWriter.Flushed offerWritten;
  private final TurnWriter.Flushed onFlushed = this::onFlushed;
  private final ArrayDeque<Connection> ready = new ArrayDeque<>();
  private int leftOfRound;

  /** The agent's own thread while it takes turns: no other can find itself here. */
  private volatile @Nullable Thread sweeping;

  /**
   * Nothing waits yet.
   *
   * @param onRevoked hears of each connection that is to be given nothing more
   * @param onFailed hears of each turn that could not be put together
   * @param onWritten hears of each write that ended within its turn
   * @param offerWritten hears, on any thread, of each that ended later
   */
  TurnSweep(
      TurnWriter turns,
      EdgeClock clock,
      Consumer<Connection> onRevoked,
      BiConsumer<Connection, RuntimeException> onFailed,
      TurnWriter.Flushed onWritten,
      TurnWriter.Flushed offerWritten) {
    this.turns = turns;
    this.clock = clock;
    this.onRevoked = onRevoked;
    this.onFailed = onFailed;
    this.onWritten = onWritten;
    this.offerWritten = offerWritten;
  }

  /** Gives a connection a place in the round, if it has none. */
  void add(Connection connection) {
    if (!connection.isQueued() && connection.state() != Connection.State.CLOSED) {
      connection.setQueued(true);
      ready.add(connection);
    }
  }

  /** Begins a round: of a turn for each that waits now, however many come meanwhile. */
  void beginRound() {
    leftOfRound = ready.size();
  }

  /** Whether all who waited when the round began have had their turn. */
  boolean isRoundOver() {
    return leftOfRound <= 0;
  }

  /**
   * Takes a bounded number of turns, at most one for each that waits now: who comes again has his
   * next after what else there is to do. Returns how many.
   */
  int takeTurns() {
    int most = Math.min(TURNS_PER_CYCLE, ready.size());
    leftOfRound -= most;
    sweeping = Thread.currentThread();
    try {
      for (int i = 0; i < most; i++) {
        Connection next = ready.remove();
        next.setQueued(false);
        if (!next.isWriting() && next.state() != Connection.State.CLOSED) {
          tryTurn(next);
        }
      }
    } finally {
      sweeping = null;
    }
    return most;
  }

  private void tryTurn(Connection connection) {
    try {
      if (connection.subscriber().revoked().getAsBoolean()) {
        onRevoked.accept(connection); // whose sweep has not come yet
      } else {
        takeTurn(connection);
      }
    } catch (RuntimeException e) {
      onFailed.accept(connection, e);
    }
  }

  private void takeTurn(Connection connection) {
    if (connection.isHeldUp()) {
      return;
    }
    Transport transport = connection.transport();
    // What is told of in an answer lies before all its events: else it begins the next.
    boolean gapAfterEvents =
        transport.kind() == Transport.Kind.HISTORY
            && transport.turnBytes() > 0
            && connection.hasGap();
    int events = gapAfterEvents ? 0 : turns.fill(connection);
    if (isToBeSent(connection, transport)) {
      turns.flush(connection, events, onFlushed);
      if (connection.isWriting()) {
        connection.setLateSinceMs(clock.monotonicMs());
        connection.setHeldEvent(turns.longest());
      }
    } else if (connection.state() == Connection.State.OPEN && connection.hasGap()) {
      add(connection); // found in this turn, which had nothing else
    }
  }

  private boolean isToBeSent(Connection connection, Transport transport) {
    boolean open = connection.state() == Connection.State.OPEN;
    return switch (transport.kind()) {
      case SSE, WEBSOCKET -> transport.turnBytes() > 0;
      case POLL -> open && (transport.turnBytes() > 0 || isAnswerDue(connection));
      case HISTORY ->
          open
              && ((connection.hasGap() && transport.turnBytes() > 0)
                  || connection.isComplete()
                  || transport.isTurnFull()
                  || clock.monotonicMs() >= connection.answerByMs());
    };
  }

  /**
   * A poll that found nothing is answered at its deadline, once every partition has been looked at.
   */
  private boolean isAnswerDue(Connection connection) {
    return clock.monotonicMs() >= connection.answerByMs() && !connection.awaitsFirstRead();
  }

  /** Any thread. Most writes end within their turn, and need no command to say so. */
  private void onFlushed(Connection connection, @Nullable Throwable failure) {
    if (Thread.currentThread() == sweeping) {
      onWritten.onFlushed(connection, failure);
    } else {
      offerWritten.onFlushed(connection, failure);
    }
  }
}
