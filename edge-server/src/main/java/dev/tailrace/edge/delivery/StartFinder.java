package dev.tailrace.edge.delivery;

import dev.tailrace.edge.catchup.CatchUpAllowance;
import dev.tailrace.edge.catchup.CatchUpRequests;
import dev.tailrace.edge.catchup.LastEventsSearch;
import dev.tailrace.edge.cursor.StartPosition;
import dev.tailrace.edge.log.PartitionLog;
import dev.tailrace.edge.tail.LaneOffsets;
import dev.tailrace.schemas.LanePartition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds out where readers begin that no cursor says it of. Those who ask the same of a partition
 * while the answer is on its way share it.
 *
 * <p>Threading: the delivery agent. {@code onAnswer} is called on others' threads and only hands
 * over.
 */
final class StartFinder {
  private final LaneOffsets offsets;
  private final CatchUpRequests catchUp;
  private final CatchUpAllowance allowance;
  private final Consumer<DeliveryCommand> onAnswer;
  private final Map<Question, List<Asking>> asked = new HashMap<>();
  private final List<Asking> unasked = new ArrayList<>();
  private long presents;

  /** What is asked of a partition's leader. */
  record Question(LanePartition partition, StartPosition start, long number) {}

  /** A reader that waits for an answer, and which of its questions it is. */
  record Asking(LaneReader reader, int number) {
    boolean isWaiting() {
      return reader.isAwaitingAnswer(number) && reader.connection().readers().contains(reader);
    }
  }

  /**
   * Asks nothing yet.
   *
   * @param onAnswer takes {@link DeliveryCommand.StartAnswer} and {@link
   *     DeliveryCommand.LastEventsFound}
   */
  StartFinder(
      LaneOffsets offsets,
      CatchUpRequests catchUp,
      CatchUpAllowance allowance,
      Consumer<DeliveryCommand> onAnswer) {
    this.offsets = offsets;
    this.catchUp = catchUp;
    this.allowance = allowance;
    this.onAnswer = onAnswer;
  }

  /** Asks where a reader begins. */
  void ask(LaneReader reader, StartPosition start, PartitionLog log) {
    Asking asking = new Asking(reader, reader.nextQuestion());
    reader.setAwaiting(true);
    switch (start) {
      case StartPosition.Last last -> search(asking, last, log);
      case StartPosition.Since since when reader.isStopUnknown() ->
          ask(asking, since, log.endOffset(), leader -> stop(leader, reader.partition(), since));
      case StartPosition.Since since ->
          ask(
              asking,
              since,
              // Whatever comes after all that is there now is late enough.
              log.endOffset(),
              leader -> leader.atTime(reader.partition(), since.timestampMs()));
      case StartPosition.Earliest earliest ->
          ask(asking, earliest, log.endOffset(), leader -> leader.start(reader.partition()));
      case StartPosition.Latest latest ->
          ask(asking, latest, log.endOffset(), leader -> leader.end(reader.partition()));
      case StartPosition.At at -> throw new IllegalArgumentException(at.toString());
    }
  }

  /** Before the first record of a time, or at what the leader had before it was asked for that. */
  private static CompletableFuture<Long> stop(
      LaneOffsets leader, LanePartition partition, StartPosition.Since until) {
    return leader
        .end(partition)
        .thenCompose(
            end ->
                leader
                    .atTime(partition, until.timestampMs())
                    .thenApply(offset -> offset == LaneOffsets.NONE ? end : offset));
  }

  private void search(Asking asking, StartPosition.Last last, PartitionLog log) {
    LaneReader reader = asking.reader();
    CatchUpAllowance.Holder holder = reader.connection().holder();
    LastEventsSearch search =
        new LastEventsSearch(
            log,
            reader.addresses(),
            last.events(),
            reader.stopAt(),
            !allowance.hasLeft(holder),
            bytes -> allowance.charge(holder, bytes),
            found -> onAnswer.accept(new DeliveryCommand.LastEventsFound(asking, found)));
    ReaderRange range = reader.range();
    if (range != null) {
      range.setSearch(search);
    }
    if (!catchUp.offer(search)) {
      unasked.add(asking);
    }
  }

  private void ask(
      Asking asking,
      StartPosition start,
      long end,
      Function<LaneOffsets, CompletableFuture<Long>> how) {
    // Where the present is was asked too early for who comes after that.
    boolean stop = asking.reader().isStopUnknown();
    long number = stop || start instanceof StartPosition.Latest ? ++presents : 0;
    Question question = new Question(asking.reader().partition(), start, number);
    List<Asking> waiting = asked.get(question);
    if (waiting != null) {
      waiting.add(asking);
      return;
    }
    CompletableFuture<Long> answer = how.apply(offsets);
    asked.put(question, new ArrayList<>(List.of(asking)));
    var _ =
        answer.whenComplete(
            (offset, failure) ->
                onAnswer.accept(new DeliveryCommand.StartAnswer(question, offset, end, failure)));
  }

  /** Those who wait for an answer that has come. */
  List<Asking> take(Question question) {
    List<Asking> waiting = asked.remove(question);
    return waiting == null ? List.of() : waiting;
  }

  /** An answer did not come: it is asked for again with {@link #askAgain}. */
  void failed(Asking asking) {
    unasked.add(asking);
  }

  /** Asks again what full queues had refused, and what was not answered. */
  void askAgain(Function<LanePartition, @Nullable PartitionLog> logs) {
    if (unasked.isEmpty()) {
      return;
    }
    List<Asking> again = List.copyOf(unasked);
    unasked.clear();
    for (Asking asking : again) {
      StartPosition start = asking.reader().unknown();
      PartitionLog log = logs.apply(asking.reader().partition());
      if (asking.isWaiting() && start != null && log != null) {
        ask(asking.reader(), start, log);
      }
    }
  }
}
