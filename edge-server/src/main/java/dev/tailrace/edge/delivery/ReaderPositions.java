package dev.tailrace.edge.delivery;

import dev.tailrace.edge.catchup.CatchUpAllowance;
import dev.tailrace.edge.catchup.CatchUpRequests;
import dev.tailrace.edge.catchup.CatchUpSession;
import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.connection.Notice.Gap.Reason;
import dev.tailrace.edge.cursor.Cursor;
import dev.tailrace.edge.cursor.StartPosition;
import dev.tailrace.edge.encoding.EventEncoder;
import dev.tailrace.edge.log.PartitionLog;
import dev.tailrace.edge.tail.EndOffsetRequest;
import dev.tailrace.edge.tail.LaneOffsets;
import dev.tailrace.edge.tail.LostTails;
import dev.tailrace.edge.tail.LostTails.LostTail;
import dev.tailrace.edge.tail.TailCommands;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.schemas.SlotMaps;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Decides where readers start and how they come to their partition logs: live at once, by catch-up
 * from Kafka, or with a gap told.
 *
 * <p>Threading: the delivery agent. {@code onAnswer} is called on others' threads and only hands
 * over.
 */
final class ReaderPositions {
  private final Supplier<SlotMaps> slots;
  private final String tag;
  private final EventEncoder encoder;
  private final TailCommands tail;
  private final CatchUpRequests catchUp;
  private final StartFinder starts;
  private final CatchUpAllowance allowance;
  private final LostTails lostTails;
  private final Consumer<DeliveryCommand> onAnswer;
  private final List<LaneReader> unasked = new ArrayList<>();
  private final List<Refused> refused = new ArrayList<>();

  private record Refused(LaneReader reader, CatchUpSession session) {}

  ReaderPositions(
      Supplier<SlotMaps> slots,
      String tag,
      EventEncoder encoder,
      TailCommands tail,
      LaneOffsets offsets,
      CatchUpRequests catchUp,
      CatchUpAllowance allowance,
      Consumer<DeliveryCommand> onAnswer) {
    this.slots = slots;
    this.tag = tag;
    this.encoder = encoder;
    this.tail = tail;
    this.catchUp = catchUp;
    this.starts = new StartFinder(offsets, catchUp, allowance, onAnswer);
    this.allowance = allowance;
    this.lostTails = tail.lostTails();
    this.onAnswer = onAnswer;
  }

  /** Where a cursor wants a partition to be read from; {@link LaneReader#LATEST} without a word. */
  long wanted(@Nullable Cursor cursor, LanePartition partition) {
    if (cursor == null || !cursor.tag().equals(tag)) {
      return LaneReader.LATEST;
    }
    OptionalLong position = cursor.position(partition);
    return position.isPresent() ? position.getAsLong() : LaneReader.LATEST;
  }

  /** Why a reader that such a cursor says nothing usable about may have lost something, or null. */
  @Nullable Reason loss(@Nullable Cursor cursor, LanePartition partition) {
    if (cursor == null) {
      return null;
    }
    if (!cursor.tag().equals(tag)) {
      return Reason.GENERATION;
    }
    SlotMap newest = slots.get().newest();
    boolean unknown =
        cursor.positions().keySet().stream()
            .anyMatch(p -> p.lane() == partition.lane() && !newest.knows(p));
    return unknown && cursor.position(partition).isEmpty() ? Reason.GENERATION : null;
  }

  /** Brings an opening reader to its log; true when its position is known. */
  boolean open(LaneReader reader, PartitionLog log) {
    if (reader.isAwaiting()) {
      return false;
    }
    long end = log.endOffset();
    StartPosition unknown = reader.unknown();
    if (unknown != null) {
      starts.ask(reader, unknown, log);
      return false;
    }
    if (reader.position() == LaneReader.LATEST) {
      reader.setPosition(end);
      reader.setTimeMs(log.wholeAtMs(end));
    } else if (reader.position() > end) {
      askLeader(reader);
      return false;
    }
    place(reader, log);
    return true;
  }

  /**
   * Starts the readers of a log over that was given up. When the leader's log has lost what lay
   * before their position, they are told at once: who asks for the end later may find that it has
   * grown again.
   */
  void reopen(
      Iterable<LaneReader> readers,
      PartitionLog log,
      ToLongFunction<LaneReader> effectivePosition) {
    long firstLost = log.survivingEnd();
    for (LaneReader reader : readers) {
      // Of one that ends before it nobody is told now: the next request is to be, of this as well.
      long foundAtMs = reader.isBounded() ? 0 : log.truncatedAtMs();
      reader.reopen(resumeFrom(reader, effectivePosition.applyAsLong(reader)));
      if (lacks(reader, log)) {
        tellLostTail(reader, firstLost, -1, foundAtMs); // what it had not come to is lost, too
      } else {
        goBack(reader, firstLost, foundAtMs);
      }
    }
  }

  /** Where a reader had gone back to that was not told yet is not to be passed by. */
  private static long resumeFrom(LaneReader reader, long effectivePosition) {
    return reader.positionBeforeGap() < 0
        ? effectivePosition
        : Math.min(effectivePosition, reader.position());
  }

  private static boolean lacks(LaneReader reader, PartitionLog log) {
    long firstLost = log.survivingEnd();
    boolean begun = reader.unknown() == null && reader.position() != LaneReader.LATEST;
    return firstLost < log.endOffset()
        && begun
        && reader.position() <= firstLost
        && reader.stopAt() > firstLost;
  }

  /**
   * A reader that begins by a cursor is told if its tail was lost before it came.
   *
   * @param toldMs what its holder was told already
   */
  void tellIfLost(LaneReader reader, long toldMs) {
    if (reader.position() == LaneReader.LATEST) {
      return;
    }
    if (lostTails.isRecent(toldMs)) {
      reader.connection().addLostTail(toldMs);
    }
    LostTail lost =
        lostTails.untold(reader.partition(), reader.position(), reader.timeMs(), toldMs);
    if (lost != null && reader.position() > lost.from()) {
      goBack(reader, lost.from(), lost.atMs());
    } else if (lost != null && reader.stopAt() > lost.from()) {
      tellLostTail(reader, lost.from(), -1, lost.atMs()); // it comes to where others lie by now
    }
  }

  private void goBack(LaneReader reader, long firstLost, long foundAtMs) {
    long lost = reader.position();
    if (lost > firstLost) {
      reader.setPosition(firstLost);
      tellLostTail(reader, firstLost, lost, foundAtMs);
    }
  }

  private void tellLostTail(LaneReader reader, long firstLost, long before, long foundAtMs) {
    ReaderRange range = reader.range();
    if (range != null) {
      range.lostFrom(firstLost);
    }
    reader.connection().addLostTail(foundAtMs);
    tell(reader, Reason.TRUNCATED, before, null);
  }

  private void askLeader(LaneReader reader) {
    int question = reader.nextQuestion();
    EndOffsetRequest request =
        new EndOffsetRequest(
            reader.partition(),
            end -> onAnswer.accept(new DeliveryCommand.LeaderEnd(reader, question, end)));
    reader.setAwaiting(tail.offerEndOffset(request));
    if (!reader.isAwaiting()) {
      unasked.add(reader);
    }
  }

  /** The leader's answer: past its end, the tail that the cursor saw is lost. */
  void onLeaderEnd(LaneReader reader, long end, @Nullable PartitionLog log) {
    reader.setAwaiting(false);
    goBack(reader, end, 0);
    if (log != null) {
      place(reader, log);
    }
  }

  /** Where those begin who asked a partition's leader for it. */
  List<LaneReader> onStartAnswer(DeliveryCommand.StartAnswer answer, @Nullable PartitionLog log) {
    List<LaneReader> begun = new ArrayList<>();
    for (StartFinder.Asking asking : starts.take(answer.question())) {
      Long offset = answer.offset();
      if (asking.isWaiting() && offset == null) {
        starts.failed(asking);
      } else if (asking.isWaiting() && offset != null) {
        LaneReader reader = asking.reader();
        reader.setAwaiting(false);
        if (answer.question().start() instanceof StartPosition.Since since
            && !reader.isStopUnknown()
            && offset != LaneOffsets.NONE) { // else that time is yet to come, perhaps
          reader.setTimeMs(since.timestampMs()); // of what was before, it wants nothing
        }
        reader.found(offset == LaneOffsets.NONE ? answer.end() : offset);
        if (log != null && open(reader, log)) {
          begun.add(reader);
        }
      }
    }
    return begun;
  }

  /** Where a reader begins whose last events were searched for; false when that is not known. */
  boolean onLastEvents(DeliveryCommand.LastEventsFound found, @Nullable PartitionLog log) {
    StartFinder.Asking asking = found.asking();
    if (!asking.isWaiting()) {
      return false;
    }
    if (found.search().isFailed()) {
      starts.failed(asking);
      return false;
    }
    LaneReader reader = asking.reader();
    reader.setAwaiting(false);
    reader.found(found.search().firsts());
    if (found.search().isCut()) {
      tell(reader, Reason.BUDGET, -1, null);
    }
    return log != null && open(reader, log);
  }

  private void place(LaneReader reader, PartitionLog log) {
    Reason reason = reader.lossReason();
    if (reason != null) {
      reader.setLossReason(null);
      tellLoss(reader, reason);
    }
    ReaderRange range = reader.range();
    if (range != null) {
      range.beginAt(reader.position());
    }
    if (reader.isBounded() && reader.position() >= reader.stopAt()) {
      finish(reader);
    } else if (reader.position() < log.startOffset()) {
      startCatchUp(reader, log);
    } else {
      reader.setState(LaneReader.State.LIVE);
      reader.setPendingUntil(log.endOffset());
    }
  }

  /** The reader's position lies below the window: it goes on in Kafka. */
  void startCatchUp(LaneReader reader, PartitionLog log) {
    reader.setState(LaneReader.State.CATCHING_UP);
    reader.clearPending();
    CatchUpAllowance.Holder holder = reader.connection().holder();
    reader.setSession(
        new CatchUpSession(
            reader.partition(),
            reader.position(),
            reader.addresses(),
            session -> onAnswer.accept(new DeliveryCommand.Chunk(reader, session)),
            bytes -> allowance.charge(holder, bytes)));
    requestChunk(reader, log);
  }

  private void requestChunk(LaneReader reader, PartitionLog log) {
    CatchUpSession session = reader.session();
    if (session == null) {
      throw new IllegalStateException("a reader that catches up has a session");
    }
    if (!allowance.hasLeft(reader.connection().holder())) {
      giveUp(reader, log);
      return;
    }
    session.join(log, reader.stopAt());
    reader.setReading(true);
    offer(reader, session);
  }

  /** What it lacks is more than may be read for its client: it goes on with what is in memory. */
  private void giveUp(LaneReader reader, PartitionLog log) {
    long lost = reader.position();
    reader.dropChunk();
    reader.setPosition(Math.min(log.startOffset(), reader.stopAt()));
    tell(reader, Reason.BUDGET, lost, null);
    reader.setState(LaneReader.State.LIVE);
    reader.setPendingUntil(log.endOffset());
  }

  private void offer(LaneReader reader, CatchUpSession session) {
    if (!catchUp.offer(session)) {
      refused.add(new Refused(reader, session));
    }
  }

  /** Offers again what full queues had refused. */
  void retryRefused(Function<LanePartition, @Nullable PartitionLog> logs) {
    starts.askAgain(logs);
    if (!refused.isEmpty()) {
      List<Refused> again = List.copyOf(refused);
      refused.clear();
      for (Refused one : again) {
        if (one.reader().session() == one.session()) {
          offer(one.reader(), one.session());
        }
      }
    }
    if (!unasked.isEmpty()) {
      List<LaneReader> again = List.copyOf(unasked);
      unasked.clear();
      for (LaneReader reader : again) {
        if (reader.state() == LaneReader.State.OPENING && !reader.isAwaiting()) {
          askLeader(reader);
        }
      }
    }
  }

  /** Takes what a chunk brought; one that failed with nothing is asked for again, later. */
  void onChunk(LaneReader reader, CatchUpSession session) {
    reader.setReading(false);
    if (session.isTruncated()) {
      long survivorMs = session.firstSurvivorMs();
      long lost = reader.position();
      reader.setPosition(session.firstSurviving());
      tell(
          reader, Reason.RETENTION, lost, survivorMs < 0 ? null : Instant.ofEpochMilli(survivorMs));
    }
    reader
        .chunk()
        .add(reader.isConflating() ? Conflation.newestOf(session.entries()) : session.entries());
    session.entries().clear(); // each is free as soon as it is written
    if (!session.isFailed() || reader.chunk().peek() != null) {
      reader.setRead();
    }
  }

  /** Asks again for a chunk that Kafka did not give, unless a turn has asked since, and it came. */
  void retryChunk(LaneReader reader, @Nullable PartitionLog log) {
    boolean waits = reader.isReading() || reader.chunk().peek() != null;
    if (log != null && reader.session() != null && !waits) {
      requestChunk(reader, log);
    }
  }

  /** After the last entry of a chunk was written: joins the log, or asks for the next chunk. */
  void advance(LaneReader reader, @Nullable PartitionLog log) {
    if (log == null) {
      return;
    }
    CatchUpSession session = reader.session();
    if (session == null) {
      place(reader, log); // the chunk was let go
      return;
    }
    reader.setPosition(Math.max(reader.position(), session.position()));
    if (reader.isDone()) {
      finish(reader);
    } else if (reader.position() >= log.startOffset()) {
      reader.setSession(null);
      reader.setState(LaneReader.State.LIVE);
      reader.setPendingUntil(log.endOffset());
    } else {
      requestChunk(reader, log);
    }
  }

  /** A reader has come to its end. */
  void finish(LaneReader reader) {
    reader.setPosition(Math.max(reader.position(), reader.stopAt()));
    reader.dropChunk();
    reader.setState(LaneReader.State.LIVE);
    reader.clearPending();
  }

  private void tellLoss(LaneReader reader, Reason reason) {
    long fromMs = reader.approximateFromMs();
    reader.setGap(
        new Notice.Gap(
            reader.channels(),
            fromMs < 0 ? null : Instant.ofEpochMilli(fromMs),
            null,
            reason,
            encoder.cursorAt(reader.partition(), reader.position()),
            fromMs >= 0),
        -1);
  }

  private void tell(LaneReader reader, Reason reason, long before, @Nullable Instant to) {
    reader.setGap(
        new Notice.Gap(
            reader.channels(),
            null,
            to,
            reason,
            encoder.cursorAt(reader.partition(), reader.position())),
        before);
  }
}
