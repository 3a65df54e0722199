package dev.tailrace.edge.delivery;

import dev.tailrace.edge.catchup.CatchUpAllowance;
import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.connection.Subscriber;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.schemas.Channels;
import dev.tailrace.schemas.Lane;
import dev.tailrace.v1.SourceStamp;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A connection: whose it is, where it writes, and its positions. It has no queue of events: what it
 * has not had yet lies in the partition logs, or in Kafka.
 *
 * <p>Threading: owned by one delivery agent, all of it. The transport knows it as a handle only.
 */
final class Connection {
  /** OPENING until all its first readers have positions, then OPEN, at last CLOSED. */
  enum State {
    /** Positions are being found. */
    OPENING,
    /** Events go out. */
    OPEN,
    /** It is over. */
    CLOSED
  }

  /** A loss that comes up again after so many others is told again. */
  private static final int MAX_LOSSES = 64;

  /** The write in flight, if there is one, may still end within its turn. */
  static final long IN_TIME = -1;

  private final long id;
  private final Transport transport;
  private final @Nullable String network;
  private final @Nullable InetAddress address;
  private final long sinceMs;
  private final List<LaneReader> readers = new ArrayList<>(3);
  private @Nullable Deque<Notice> notices;
  private Subscriber subscriber;
  private State state = State.OPENING;
  private boolean writing;
  private int writtenBytes;
  private int commandsHeld;
  private long lateSinceMs = IN_TIME;
  private @Nullable HeldEvent heldEvent;
  private boolean queued;
  private long answerByMs = Long.MAX_VALUE;
  private long endsAtMs = Long.MAX_VALUE;
  private long heartbeatAtMs;
  private long timerId = -1;
  private long expiryWarningAtMs = Long.MAX_VALUE;
  private int firstReader;
  private @Nullable String cursorBeforeLoss;
  private @Nullable Set<SourceStamp> lossesTold;
  private long lostTailMs;

  /** A connection without readers, of that moment; milliseconds since the epoch. */
  Connection(
      long id,
      Transport transport,
      Subscriber subscriber,
      @Nullable InetAddress address,
      long sinceMs) {
    this.id = id;
    this.transport = transport;
    this.network = CatchUpAllowance.network(address);
    this.address = address;
    this.sinceMs = sinceMs;
    this.subscriber = subscriber;
  }

  /** Unique at its agent. */
  long id() {
    return id;
  }

  /** When it was registered, milliseconds since the epoch. */
  long sinceMs() {
    return sinceMs;
  }

  /** Where it writes. */
  Transport transport() {
    return transport;
  }

  /** Whose it is. */
  Subscriber subscriber() {
    return subscriber;
  }

  /** Its client's address, or that of a proxy; null when it is not known. */
  @Nullable InetAddress address() {
    return address;
  }

  /** Whom what is read for it is charged to. */
  CatchUpAllowance.Holder holder() {
    return new CatchUpAllowance.Holder(subscriber.user(), network);
  }

  /** The same subscriber with other rights or another expiry. */
  void setSubscriber(Subscriber refreshed) {
    this.subscriber = refreshed;
  }

  /** Its positions, those of one partition together, in the order of a cursor. */
  List<LaneReader> readers() {
    return readers;
  }

  /** Follows something more. */
  void add(LaneReader reader) {
    int place = readers.size();
    while (place > 0 && readers.get(place - 1).partition().compareTo(reader.partition()) > 0) {
      place--;
    }
    readers.add(place, reader);
  }

  /** The reader that follows this channel, or null. */
  @Nullable LaneReader readerOf(String channel) {
    for (LaneReader reader : readers) {
      if (!reader.channels().isEmpty() && reader.contains(channel)) {
        return reader;
      }
    }
    return null;
  }

  /** How many channels it asked for: the broadcast channel needs no asking. */
  int subscriptions() {
    int count = 0;
    for (LaneReader reader : readers) {
      if (reader.partition().lane() == Lane.CHANNELS && !reader.contains(Channels.BROADCAST)) {
        count += reader.addresses().size();
      }
    }
    return count;
  }

  /** Whether some partition has not been looked at yet: its first read from Kafka is not back. */
  boolean awaitsFirstRead() {
    for (LaneReader reader : readers) {
      if (reader.awaitsFirstRead()) {
        return true;
      }
    }
    return false;
  }

  /** Whether all that its readers are for was looked at. */
  boolean isComplete() {
    for (LaneReader reader : readers) {
      if (!reader.isDone() || reader.gap() != null) {
        return false;
      }
    }
    return true;
  }

  /** Whether its client is to be told of a loss. */
  boolean hasGap() {
    for (int i = 0; i < readers.size(); i++) {
      if (readers.get(i).gap() != null) {
        return true;
      }
    }
    return false;
  }

  /** Whether the reader whose turn it is to be written first has not been looked at yet. */
  private boolean awaitsFirstReader() {
    return firstReader < readers.size() && readers.get(firstReader).awaitsFirstRead();
  }

  /** Whether what waits for it can go out now, as far as that is up to the edge. */
  boolean takesTurns() {
    return state == State.OPEN && !isHeldUp();
  }

  /**
   * A poll is not answered before its first reader has been looked at: the others would answer for
   * it, poll after poll, and its turn would never come.
   */
  boolean isHeldUp() {
    return transport.kind() == Transport.Kind.POLL && awaitsFirstReader();
  }

  /**
   * Whether an answer that is due cannot be given: a history request's when nobody knows where it
   * begins; a poll's neither when nobody has said what is there, for a heartbeat long.
   */
  boolean hasNoAnswer(boolean beats) {
    boolean opening = state == State.OPENING;
    return transport.kind() == Transport.Kind.HISTORY
        ? opening
        : beats && (opening || (awaitsFirstRead() && !passFirstReaderOver()));
  }

  /** Gives its turn to another that has something; false when none has. */
  boolean passFirstReaderOver() {
    for (int i = 0; i < readers.size(); i++) {
      if (readers.get(i).isPending() || readers.get(i).chunk().peek() != null) {
        firstReader = i;
        return true;
      }
    }
    return false;
  }

  /** The reader whose turn it is to be written first. */
  int firstReader() {
    return firstReader;
  }

  /** Sets that; more than there are counts on from the beginning. */
  void setFirstReader(int index) {
    this.firstReader = index;
  }

  /**
   * The cursor the client came with, while it has not been told that it is of another generation:
   * no other may go out before, or a client cut off then would never hear. Null otherwise.
   */
  @Nullable String cursorBeforeLoss() {
    return cursorBeforeLoss;
  }

  /** Sets or clears that. */
  void setCursorBeforeLoss(@Nullable String cursor) {
    this.cursorBeforeLoss = cursor;
  }

  /** Whether this loss upstream is news here: every partition tells of it. */
  boolean isNewLoss(SourceStamp stamp) {
    Set<SourceStamp> told = lossesTold;
    if (told == null) {
      told = new LinkedHashSet<>();
      lossesTold = told;
    }
    if (told.contains(stamp)) {
      return false;
    }
    if (told.size() >= MAX_LOSSES) {
      told.remove(told.iterator().next());
    }
    return told.add(stamp);
  }

  /** It follows something more, which the losses told so far were not told for. */
  void forgetLosses() {
    lossesTold = null;
  }

  /**
   * When the last lost tail was found that it has been told of, if it has no gap to be told; 0 when
   * there was none.
   */
  long lostTailMs() {
    return lostTailMs;
  }

  /** It has been told of one, or is going to be. */
  void addLostTail(long foundAtMs) {
    lostTailMs = Math.max(lostTailMs, foundAtMs);
  }

  /** Everything it follows, in the order of names. */
  List<String> channels() {
    return readers.stream().flatMap(reader -> reader.channels().stream()).sorted().toList();
  }

  /** Tells something with the next turn. */
  void addNotice(Notice notice) {
    waitingNotices().add(notice);
  }

  /** Tells something with the next turn, before all else. */
  void addFirstNotice(Notice notice) {
    waitingNotices().addFirst(notice);
  }

  private Deque<Notice> waitingNotices() {
    Deque<Notice> waiting = notices;
    if (waiting == null) {
      waiting = new ArrayDeque<>(1);
      notices = waiting;
    }
    return waiting;
  }

  /** How much there is to tell. */
  int noticeCount() {
    return notices == null ? 0 : notices.size();
  }

  /** What is to be told first; null when there is nothing. */
  @Nullable Notice peekNotice() {
    return notices == null ? null : notices.peek();
  }

  /** Takes what is to be told first. */
  Notice removeNotice() {
    Notice first = waitingNotices().remove();
    if (noticeCount() == 0) {
      notices = null;
    }
    return first;
  }

  /** Takes all signs of life; false when there was none. */
  boolean removeSignOfLife() {
    return notices != null && notices.removeIf(Notice.Alive.class::isInstance);
  }

  /** Nothing is to be told any more. */
  void clearNotices() {
    notices = null;
  }

  /** Whether a turn would have something to write, or to ask for. */
  boolean hasWaiting() {
    if (noticeCount() > 0) {
      return true;
    }
    for (int i = 0; i < readers.size(); i++) {
      if (readers.get(i).hasWaiting()) {
        return true;
      }
    }
    return false;
  }

  /**
   * When the first of its readers that are held back may go on; that of none is the last moment.
   */
  long paceDueAtMs(long nowMs) {
    long due = Long.MAX_VALUE;
    for (int i = 0; i < readers.size(); i++) {
      ReaderTerms terms = readers.get(i).terms();
      if (terms != null && readers.get(i).isHeldBack(nowMs)) {
        due = Math.min(due, terms.dueAtMs());
      }
    }
    return due;
  }

  /** Its state. */
  State state() {
    return state;
  }

  /** Moves on; never back. */
  void setState(State next) {
    if (next.compareTo(state) < 0) {
      throw new IllegalStateException(state + " -> " + next);
    }
    this.state = next;
  }

  /** Whether a flush is in flight. */
  boolean isWriting() {
    return writing;
  }

  /** Bytes of the flush that is in flight; 0 when none is. */
  int pendingBytes() {
    return writing ? writtenBytes : 0;
  }

  /** So many are on their way with the next flush. */
  void setWrittenBytes(int bytes) {
    this.writtenBytes = bytes;
  }

  /** Sets or clears that. */
  void setWriting(boolean inFlight) {
    this.writing = inFlight;
    while (!inFlight && commandsHeld > 0) {
      commandsHeld--;
      transport.onCommandHandled();
    }
  }

  /**
   * A command of its client has been dealt with. The answer waits while a write is in flight, and
   * so does the next command: who reads no answers is not asked what else he wants.
   */
  void onCommandHandled() {
    if (writing) {
      commandsHeld++;
    } else {
      transport.onCommandHandled();
    }
  }

  /**
   * Since when the write in flight is late: the end of its turn, monotonic milliseconds; or {@link
   * #IN_TIME}.
   */
  long lateSinceMs() {
    return lateSinceMs;
  }

  /** Sets that. */
  void setLateSinceMs(long atMs) {
    this.lateSinceMs = atMs;
  }

  /** The longest event of the write that is late; null when it has none that matters. */
  @Nullable HeldEvent heldEvent() {
    return heldEvent;
  }

  /** Sets that. */
  void setHeldEvent(@Nullable HeldEvent longest) {
    this.heldEvent = longest;
  }

  /** Whether it waits for its place in the sweep. */
  boolean isQueued() {
    return queued;
  }

  /** Sets or clears that. */
  void setQueued(boolean waiting) {
    this.queued = waiting;
  }

  /** When a long poll is answered even if empty. */
  long answerByMs() {
    return answerByMs;
  }

  /** Sets that. */
  void setAnswerByMs(long atMs) {
    this.answerByMs = atMs;
  }

  /** When a stream is ended however well it goes; monotonic milliseconds. */
  long endsAtMs() {
    return endsAtMs;
  }

  /** Sets that. */
  void setEndsAtMs(long atMs) {
    this.endsAtMs = atMs;
  }

  /** When the next heartbeat is due. */
  long heartbeatAtMs() {
    return heartbeatAtMs;
  }

  /** Sets that. */
  void setHeartbeatAtMs(long atMs) {
    this.heartbeatAtMs = atMs;
  }

  /** The timer that is set for it; negative when none is. */
  long timerId() {
    return timerId;
  }

  /** Sets that. */
  void setTimerId(long id) {
    this.timerId = id;
  }

  /**
   * When the client is to be told that its token ends, milliseconds since the epoch; {@link
   * Long#MAX_VALUE} when it has been, or the token has no end.
   */
  long expiryWarningAtMs() {
    return expiryWarningAtMs;
  }

  /** Sets that. */
  void setExpiryWarningAtMs(long atMs) {
    this.expiryWarningAtMs = atMs;
  }
}
