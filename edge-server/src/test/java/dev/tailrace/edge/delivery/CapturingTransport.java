package dev.tailrace.edge.delivery;

import dev.tailrace.edge.connection.CursorSource;
import dev.tailrace.edge.connection.DisconnectReason;
import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.connection.WriteCallback;
import dev.tailrace.edge.encoding.EventEncoder;
import dev.tailrace.edge.log.LogEntry;
import dev.tailrace.v1.Delivery;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what is written to it. A write ends at once; after {@link #stall} it ends only when the
 * test says so, as with a client that does not read.
 */
final class CapturingTransport implements Transport {
  /**
   * An event or a notice.
   *
   * @param cursor the connection's whole cursor after it
   */
  record Sent(@Nullable String id, @Nullable Notice notice, String cursor) {}

  private static final int NOTICE_BYTES = 100;

  private final Kind kind;
  private final List<Sent> turn = new ArrayList<>();
  private final List<Sent> sent = new ArrayList<>();
  private final List<Integer> turns = new ArrayList<>();
  private int turnLimit = 1_000;
  private int turnBytes;
  private boolean stalled;
  private int commandsHandled;
  private @Nullable WriteCallback inFlight;
  private @Nullable DisconnectReason closed;
  private String lastCursor = "";
  private Runnable onEvent = () -> {};

  CapturingTransport(Kind kind) {
    this.kind = kind;
  }

  /** A turn is full with so many events. */
  CapturingTransport withTurnLimit(int events) {
    turnLimit = events;
    return this;
  }

  /** Runs this, once, when the next event is written to it. */
  void onNextEvent(Runnable action) {
    onEvent = action;
  }

  void stall() {
    stalled = true;
  }

  /** Ends the write that is in flight; later ones end at once. */
  void release() {
    stalled = false;
    end(null);
  }

  /** Ends the write that is in flight; later ones stall too. */
  void releaseOne() {
    end(null);
  }

  /** The write in flight fails: the client is gone. */
  void breakOff() {
    end(new IOException("connection reset"));
  }

  private void end(@Nullable Throwable failure) {
    WriteCallback callback = inFlight;
    inFlight = null;
    if (callback != null) {
      callback.onWritten(failure);
    }
  }

  boolean isWriting() {
    return inFlight != null;
  }

  /** Everything that went out, in order. */
  List<Sent> sent() {
    return sent;
  }

  /** The ids of the events that went out. */
  List<String> events() {
    return sent.stream().filter(s -> s.id() != null).map(s -> String.valueOf(s.id())).toList();
  }

  /** The notices of a kind that went out. */
  <N extends Notice> List<N> notices(Class<N> kind) {
    return sent.stream()
        .filter(s -> kind.isInstance(s.notice()))
        .map(s -> kind.cast(s.notice()))
        .toList();
  }

  /** How many events and notices each turn carried. */
  List<Integer> turns() {
    return turns;
  }

  /** The cursor that came with the last turn. */
  String lastCursor() {
    return lastCursor;
  }

  /** Why it was closed; null while it is open. */
  @Nullable DisconnectReason closed() {
    return closed;
  }

  @Override
  public Kind kind() {
    return kind;
  }

  @Override
  public void event(LogEntry entry, CursorSource cursor) {
    requireIdle();
    Delivery delivery = EventEncoder.parse(entry);
    turn.add(new Sent(delivery.getEvent().getId(), null, cursor.get().toString()));
    turnBytes += entry.value().length;
    Runnable action = onEvent;
    onEvent = () -> {};
    action.run();
  }

  @Override
  public void notice(Notice notice, CursorSource cursor) {
    requireIdle();
    if (!kind.isAnswer() || notice instanceof Notice.Gap || notice instanceof Notice.Complete) {
      turn.add(new Sent(null, notice, cursor.get().toString()));
      turnBytes += NOTICE_BYTES;
    }
  }

  private void requireIdle() {
    if (inFlight != null) {
      throw new IllegalStateException("something is added while a write is in flight");
    }
  }

  @Override
  public int turnBytes() {
    return turnBytes;
  }

  @Override
  public boolean isTurnFull() {
    return turn.size() >= turnLimit;
  }

  @Override
  public void flush(CursorSource cursor, WriteCallback callback) {
    requireIdle();
    turns.add(turn.size());
    sent.addAll(turn);
    turn.clear();
    turnBytes = 0;
    lastCursor = cursor.get().toString();
    if (stalled) {
      inFlight = callback;
    } else {
      callback.onWritten(null);
    }
  }

  /** How many commands were dealt with, so that the client may send as many again. */
  int commandsHandled() {
    return commandsHandled;
  }

  @Override
  public void onCommandHandled() {
    commandsHandled++;
  }

  @Override
  public void close(DisconnectReason reason) {
    closed = reason;
  }
}
