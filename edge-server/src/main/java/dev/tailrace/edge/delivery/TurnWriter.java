package dev.tailrace.edge.delivery;

import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.edge.connection.CursorSource;
import dev.tailrace.edge.connection.DeliveryListener;
import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.connection.Notice.Gap.Reason;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.cursor.CursorCodec;
import dev.tailrace.edge.encoding.EventEncoder;
import dev.tailrace.edge.log.LogEntry;
import dev.tailrace.edge.log.LogVisitor;
import dev.tailrace.edge.log.PartitionLog;
import dev.tailrace.edge.tracing.DeliveryTraces;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.v1.Delivery;
import dev.tailrace.v1.UpstreamGap;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Builds a connection's turn: what there is to tell, then all that its readers lack, up to what one
 * write may carry. Positions move as entries go into the turn, so the connection's cursor is right
 * after each of them.
 *
 * <p>Threading: the delivery agent.
 */
final class TurnWriter {
  /** Shorter events are copied into their turns by every transport. */
  private static final int LONG_BYTES = 1 << 10;

  private static final long NONE = Long.MAX_VALUE;

  /**
   * What is older than its connection by more was there before: how old it is says nothing of how
   * long it was under way. A record's time may lie a little before that of its event.
   */
  private static final long ROUNDING_MS = 1_000;

  private final String tag;
  private final PartitionFollows follows;
  private final ReaderPositions positions;
  private final SlowReaders slow;
  private final ConnectionTimers timers;
  private final DeliveryListener listener;
  private final DeliveryTraces traces;
  private final EdgeClock clock;
  private final StringBuilder rendered;
  private final CursorSource cursorNow = this::cursorNow;
  private @Nullable Connection current;
  private int events;
  private long turnMs;
  private long oldestMs = NONE;
  private @Nullable HeldEvent longest;
  private boolean turnEnded;

  TurnWriter(
      String tag,
      PartitionFollows follows,
      ReaderPositions positions,
      SlowReaders slow,
      ConnectionTimers timers,
      DeliveryListener listener,
      DeliveryTraces traces,
      EdgeClock clock) {
    this.tag = tag;
    this.rendered = new StringBuilder(128).append(tag);
    this.follows = follows;
    this.positions = positions;
    this.slow = slow;
    this.timers = timers;
    this.listener = listener;
    this.traces = traces;
    this.clock = clock;
  }

  /** Fills the transport's turn; returns how many events it carries. */
  int fill(Connection connection) {
    current = connection;
    events = 0;
    oldestMs = NONE;
    longest = null;
    Transport transport = connection.transport();
    if (connection.state() != Connection.State.OPEN) {
      // There is no cursor yet, and nothing may come before the one that opens the connection.
      if (connection.removeSignOfLife()) {
        transport.notice(new Notice.Alive(), () -> tag);
      }
      return 0;
    }
    if (connection.peekNotice() instanceof Notice.Opened) {
      writeNotice(connection);
    }
    // All gaps before the rest: no position that goes out may be past a gap not told.
    tellGaps(connection);
    while (connection.noticeCount() > 0) {
      writeNotice(connection);
    }
    writeEvents(connection);
    if (transport.kind() == Transport.Kind.HISTORY && connection.isComplete()) {
      transport.notice(new Notice.Complete(), cursorNow);
    }
    return events;
  }

  private void writeNotice(Connection connection) {
    connection.transport().notice(connection.removeNotice(), cursorNow);
  }

  /** Those that the last full turn did not come to go first in the next. */
  private void writeEvents(Connection connection) {
    long nowMs = clock.millis();
    turnMs = nowMs;
    List<LaneReader> readers = connection.readers();
    int first = connection.firstReader();
    for (int i = 0; i < readers.size() && !connection.transport().isTurnFull(); i++) {
      int index = (first + i) % readers.size();
      LaneReader reader = readers.get(index);
      writeEvents(connection, reader, nowMs);
      if (reader.isResuming() && reader.gap() == null && isUpToDate(reader)) {
        resumed(reader, null);
      }
      connection.setFirstReader(index + 1);
    }
  }

  private void writeEvents(Connection connection, LaneReader reader, long nowMs) {
    if (reader.isDone()) {
      return;
    }
    if (reader.state() == LaneReader.State.CATCHING_UP) {
      writeChunk(connection, reader, nowMs);
    }
    if (reader.gap() != null) {
      return; // what it lacks was given up in this turn: that is told first, in the next
    }
    if (reader.state() == LaneReader.State.LIVE && reader.isPending()) {
      if (reader.terms() != null && reader.isHeldBack(clock.monotonicMs())) {
        timers.reschedule(connection);
      } else {
        writeLive(connection, reader, nowMs);
      }
    }
  }

  private void writeLive(Connection connection, LaneReader reader, long nowMs) {
    PartitionLog log = follows.log(reader.partition());
    if (log == null) {
      return;
    }
    int before = events;
    Conflation conflation = conflation(reader, log);
    turnEnded = false;
    long next =
        readMatched(
            log,
            reader,
            entry -> {
              if (entry.offset() >= reader.stopAt()
                  || (conflation != null && entry.offset() >= conflation.endOffset())) {
                return false;
              }
              boolean superseded = conflation != null && conflation.isSuperseded(entry);
              turnEnded = !superseded && !writeEntry(connection, reader, entry, nowMs);
              return !turnEnded;
            });
    ReaderTerms terms = reader.terms();
    if (next == PartitionLog.BELOW_START) {
      if (terms != null && events > before) {
        terms.delivered(clock.monotonicMs());
      }
      overtake(connection, reader, log, nowMs);
      return;
    }
    reader.setPosition(next);
    if (turnEnded) {
      if (next >= reader.pendingEnd()) {
        reader.setPendingUntil(next + 1);
      }
    } else {
      reader.clearPending();
    }
    if (terms != null && !turnEnded) {
      terms.caughtUp();
      if (events > before) {
        terms.delivered(clock.monotonicMs());
      }
    }
  }

  /**
   * Visits what was matched for a reader, and what follows it as long as that is for the reader:
   * then come others', perhaps, and the sweep looks whose.
   */
  private static long readMatched(PartitionLog log, LaneReader reader, LogVisitor visitor) {
    long matched = reader.pendingEnd();
    long[] offsets = reader.matches();
    if (offsets == null) {
      return log.read(
          reader.position(),
          entry -> (entry.offset() < matched || entry.matches(reader)) && visitor.visit(entry));
    }
    int found = Arrays.binarySearch(offsets, reader.position());
    for (int i = found < 0 ? -1 - found : found; i < offsets.length; i++) {
      LogEntry entry = log.entryAt(offsets[i]);
      if (entry == null) {
        return PartitionLog.BELOW_START;
      }
      if (!visitor.visit(entry)) {
        return entry.offset();
      }
    }
    long next = log.read(matched, entry -> entry.matches(reader) && visitor.visit(entry));
    return next == PartitionLog.BELOW_START ? matched : next; // there is nothing else for it below
  }

  private static @Nullable Conflation conflation(LaneReader reader, PartitionLog log) {
    if (!reader.isConflating()) {
      return null;
    }
    Conflation conflation = new Conflation();
    long end =
        readMatched(
            log,
            reader,
            entry -> {
              if (entry.matches(reader)) {
                conflation.add(entry);
              }
              return true;
            });
    if (end != PartitionLog.BELOW_START) {
      conflation.endsAt(end);
    }
    return conflation;
  }

  private void overtake(Connection connection, LaneReader reader, PartitionLog log, long nowMs) {
    Notice notice = slow.overtake(reader, log, nowMs);
    if (notice instanceof Notice.Gap gap) {
      tell(connection, gap);
      resumed(reader, gap.reason());
    } else if (notice != null) {
      connection.transport().notice(notice, cursorNow);
    }
  }

  private void writeChunk(Connection connection, LaneReader reader, long nowMs) {
    if (reader.isReading()) {
      return;
    }
    for (LogEntry entry = reader.chunk().peek(); entry != null; entry = reader.chunk().peek()) {
      if (entry.offset() >= reader.stopAt()) {
        positions.finish(reader);
        return;
      }
      if (!writeEntry(connection, reader, entry, nowMs)) {
        return;
      }
      reader.chunk().remove();
    }
    positions.advance(reader, follows.log(reader.partition()));
  }

  /** Writes an entry if it is for this reader; false when it must wait for the next turn. */
  private boolean writeEntry(Connection connection, LaneReader reader, LogEntry entry, long nowMs) {
    if (entry.offset() >= reader.leavesAt()) {
      reader.setPosition(Math.max(reader.position(), reader.leavesAt()));
      return false; // first some of its addresses go elsewhere
    }
    if (!entry.matches(reader)
        || entry.isExpired(nowMs)
        || reader.beginsBehind(entry)
        || !isAllowed(connection, entry)) {
      return true;
    }
    Transport transport = connection.transport();
    if (transport.isTurnFull()) {
      return false;
    }
    reader.setPosition(entry.nextOffset());
    if (!entry.isUpstreamGap()) {
      reader.setTimeMs(entry.timestampMs()); // when a loss was seen says nothing
    }
    if (entry.isUpstreamGap()) {
      Delivery delivery = EventEncoder.parse(entry);
      UpstreamGap gap = delivery.getUpstreamGap();
      if (!delivery.hasSource()) { // it is in this partition only
        tell(connection, upstreamGap(reader.channels(), entry, gap));
      } else if (connection.isNewLoss(delivery.getSource())) {
        tell(connection, upstreamGap(connection.channels(), entry, gap));
      }
    } else {
      if (reader.state() == LaneReader.State.LIVE
          && entry.timestampMs() >= connection.sinceMs() - ROUNDING_MS) {
        oldestMs = Math.min(oldestMs, entry.timestampMs());
      }
      writeEvent(transport, reader, entry);
    }
    return true;
  }

  private void writeEvent(Transport transport, LaneReader reader, LogEntry entry) {
    if (entry.value().length < LONG_BYTES) {
      transport.event(entry, cursorNow);
    } else {
      int before = transport.turnBytes();
      transport.event(entry, cursorNow);
      int bytes = transport.turnBytes() - before;
      if (longest == null || longest.bytes() < bytes) {
        longest = HeldEvent.of(reader, entry, bytes);
      }
    }
    if (entry.trace() != null) {
      traces.wrote(entry);
    }
    events++;
  }

  /** The longest event of the last turn filled, if it is long at all. */
  @Nullable HeldEvent longest() {
    return longest;
  }

  private static boolean isAllowed(Connection connection, LogEntry entry) {
    String channel = entry.channel();
    return channel == null || connection.subscriber().maySubscribe().test(channel);
  }

  private void tellGaps(Connection connection) {
    int untold = 0;
    for (LaneReader reader : connection.readers()) {
      untold += reader.gap() == null ? 0 : 1;
    }
    if (untold == 0) {
      connection.setCursorBeforeLoss(null);
    }
    for (LaneReader reader : connection.readers()) {
      Notice.Gap gap = reader.gap();
      if (gap != null) {
        reader.gapTold();
        untold--;
        if (untold == 0) {
          connection.setCursorBeforeLoss(null);
        }
        tell(connection, gap);
        resumed(reader, gap.reason());
      }
    }
  }

  private void tell(Connection connection, Notice.Gap gap) {
    connection.transport().notice(gap, cursorNow);
    listener.onGap(gap.reason());
  }

  /** What came of a cursor is told once: null when all that lay after it has been written. */
  private void resumed(LaneReader reader, @Nullable Reason lost) {
    if (reader.isResuming()) {
      reader.setResuming(false);
      listener.onResumed(lost);
    }
  }

  private Notice.Gap upstreamGap(List<String> channels, LogEntry entry, UpstreamGap gap) {
    return new Notice.Gap(
        channels,
        gap.hasFrom() ? Instant.ofEpochSecond(gap.getFrom().getSeconds()) : null,
        gap.hasTo() ? Instant.ofEpochSecond(gap.getTo().getSeconds()) : null,
        Reason.UPSTREAM,
        cursorOf(entry.partition(), entry.nextOffset()));
  }

  private CharSequence cursorNow() {
    return renderCursor(Objects.requireNonNull(current));
  }

  /** The connection's cursor as of now: per partition the lowest of its readers' positions. */
  String wholeCursor(Connection connection) {
    return renderCursor(connection).toString();
  }

  private CharSequence renderCursor(Connection connection) {
    String before = connection.cursorBeforeLoss();
    if (before != null) {
      return before;
    }
    rendered.setLength(tag.length());
    long timeMs = Long.MAX_VALUE;
    List<LaneReader> readers = connection.readers();
    int i = 0;
    while (i < readers.size()) {
      LanePartition partition = readers.get(i).partition();
      long lowest = Long.MAX_VALUE;
      for (; i < readers.size() && readers.get(i).partition().equals(partition); i++) {
        LaneReader reader = readers.get(i);
        if (reader.isAnnounced()) {
          lowest = Math.min(lowest, effectivePosition(reader));
          timeMs = Math.min(timeMs, timeMs(reader));
        }
      }
      if (lowest != Long.MAX_VALUE) {
        CursorCodec.append(rendered, partition, lowest);
      }
    }
    if (connection.lostTailMs() > 0 && isToldInCursor(connection)) {
      CursorCodec.appendLossTold(rendered, connection.lostTailMs());
    }
    if (timeMs > 0 && timeMs != Long.MAX_VALUE) {
      CursorCodec.appendBasis(rendered, timeMs / 1_000);
    }
    return rendered;
  }

  /** A WebSocket's client keeps cursors that it joins itself, one for each subscription. */
  private static boolean isToldInCursor(Connection connection) {
    return connection.transport().kind() != Transport.Kind.WEBSOCKET && !connection.hasGap();
  }

  /** Up to when a reader has had everything: what its log says, if it has all there is. */
  private long timeMs(LaneReader reader) {
    if (isUpToDate(reader) && !reader.isBounded() && reader.gap() == null) {
      reader.setTimeMs(follows.wholeAtMs(reader.partition()));
    }
    return reader.timeMs();
  }

  /** Whether it stands at the end of what was swept of its log. */
  boolean isUpToDate(LaneReader reader) {
    return reader.state() == LaneReader.State.LIVE && !reader.isPending();
  }

  /** The cursor of one reader's partition. */
  String cursorOf(LaneReader reader) {
    StringBuilder text = new StringBuilder(32).append(tag);
    CursorCodec.append(text, reader.partition(), effectivePosition(reader));
    long timeMs = timeMs(reader);
    if (timeMs > 0) {
      CursorCodec.appendBasis(text, timeMs / 1_000);
    }
    return text.toString();
  }

  /**
   * Everything below this has been examined for the reader and, if it was for him, written. It does
   * not pass a gap before that is told, nor where addresses leave before they are elsewhere.
   */
  long effectivePosition(LaneReader reader) {
    if (reader.positionBeforeGap() >= 0) {
      return reader.positionBeforeGap();
    }
    long position =
        isUpToDate(reader) && !reader.isBounded()
            ? Math.max(reader.position(), follows.sweptEnd(reader.partition()))
            : Math.min(reader.position(), reader.stopAt());
    return Math.min(position, reader.leavesAt());
  }

  private String cursorOf(LanePartition partition, long position) {
    StringBuilder text = new StringBuilder(32).append(tag);
    CursorCodec.append(text, partition, position);
    return text.toString();
  }

  /** Sends the turn on its way, whoever was the last to be filled. */
  void flush(Connection connection, int turnEvents, Flushed onFlushed) {
    current = connection;
    Transport transport = connection.transport();
    listener.onTurn(transport.kind(), turnEvents, transport.turnBytes(), liveMs(transport));
    connection.setWrittenBytes(transport.turnBytes());
    connection.setWriting(true);
    transport.flush(cursorNow, failure -> onFlushed.onFlushed(connection, failure));
    traces.flushed();
  }

  /** How old the oldest live event of the turn is; negative when there is none. */
  private long liveMs(Transport transport) {
    return oldestMs == NONE || transport.kind() == Transport.Kind.HISTORY
        ? DeliveryListener.NOTHING_LIVE
        : Math.max(0, turnMs - oldestMs);
  }

  /** Hears how a flush ended; any thread. */
  @FunctionalInterface
  interface Flushed {
    void onFlushed(Connection connection, @Nullable Throwable failure);
  }
}
