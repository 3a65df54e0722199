package dev.tailrace.edge.tail;

import dev.tailrace.edge.lane.SourceFold;
import dev.tailrace.schemas.LanePartition;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of one partition's leader, one question at a time. Who asks while a question is on
 * its way waits for the next one: an answer is never older than the request it is given to. A
 * question that failed is put again after a while.
 *
 * <p>Threading: the tail.
 */
final class LeaderInquiry {
  private static final long RETRY_MS = 250;

  /**
   * A question.
   *
   * @param end the leader's end offset
   * @param logStart where what is wanted begins
   * @param foldStart where the fold's horizon begins, before that
   * @param all done when all are
   */
  private record Question(
      long askedMs,
      List<EndOffsetRequest> ends,
      List<FollowRequest> follows,
      CompletableFuture<LaneOffsets.End> end,
      CompletableFuture<Long> logStart,
      CompletableFuture<Long> foldStart,
      CompletableFuture<Void> all) {

    /** Where to follow from; what is not in Kafka begins at the end. */
    FollowStart start() {
      LaneOffsets.End leaders = end.join();
      long log = before(logStart.join(), leaders.offset());
      return new FollowStart(before(foldStart.join(), log), log, leaders, askedMs);
    }

    private static long before(long offset, long limit) {
      return offset == LaneOffsets.NONE ? limit : Math.min(offset, limit);
    }
  }

  /**
   * Where a partition is followed from.
   *
   * @param fold the first offset that is read
   * @param log the first that may be delivered
   * @param end the leader's end
   * @param askedMs when it was asked for that, milliseconds since the epoch
   */
  record FollowStart(long fold, long log, LaneOffsets.End end, long askedMs) {}

  /** Takes what a leader answered. */
  interface Answers {
    /** Somebody wants to follow from here. */
    void onFollow(LanePartition partition, FollowStart start, List<FollowRequest> requests);

    /** A question failed and will be put again. */
    void onFailure(LanePartition partition, Throwable failure);
  }

  private final LanePartition partition;
  private List<EndOffsetRequest> ends = new ArrayList<>();
  private List<FollowRequest> follows = new ArrayList<>();
  private @Nullable Question asked;
  private long notBeforeMs = Long.MIN_VALUE;

  LeaderInquiry(LanePartition partition) {
    this.partition = partition;
  }

  void add(EndOffsetRequest request) {
    ends.add(request);
  }

  void add(FollowRequest request) {
    follows.add(request);
  }

  /** Forgets a request, whether it was asked for or not. */
  void remove(FollowRequest request) {
    follows.remove(request);
    if (asked != null) {
      asked.follows().remove(request);
    }
  }

  /** Whether there is nothing to ask, and no answer to wait for. */
  boolean isOver() {
    return asked == null && ends.isEmpty() && follows.isEmpty();
  }

  /** Whether an answer is there. */
  boolean isAnswered() {
    return asked != null && asked.all().isDone();
  }

  /**
   * Puts the question that is due.
   *
   * @param wallMs the time of day
   * @param onAnswer called on any thread once there is an answer; must not block
   */
  void ask(LaneOffsets offsets, long wallMs, long nowMs, Runnable onAnswer) {
    if (asked != null || nowMs < notBeforeMs || isOver()) {
      return;
    }
    CompletableFuture<LaneOffsets.End> end = offsets.endInEpoch(partition);
    long windowMs = follows.stream().mapToLong(FollowRequest::windowMs).max().orElse(0);
    long startMs = Math.max(0, wallMs - windowMs);
    CompletableFuture<Long> none = CompletableFuture.completedFuture(LaneOffsets.NONE);
    CompletableFuture<Long> logStart = windowMs == 0 ? none : offsets.atTime(partition, startMs);
    CompletableFuture<Long> foldStart =
        follows.isEmpty()
            ? none
            : offsets.atTime(partition, Math.max(0, startMs - SourceFold.HORIZON_MS));
    CompletableFuture<Void> all = CompletableFuture.allOf(end, logStart, foldStart);
    asked = new Question(wallMs, ends, follows, end, logStart, foldStart, all);
    var _ = all.whenComplete((nothing, failure) -> onAnswer.run()); // all is done before that
    ends = new ArrayList<>();
    follows = new ArrayList<>();
  }

  /** Gives the answer, if it is there, to those who asked; returns whether it was. */
  boolean answer(Answers answers, long nowMs) {
    Question question = asked;
    if (question == null || !isAnswered()) {
      return false;
    }
    asked = null;
    if (question.all().isCompletedExceptionally()) {
      notBeforeMs = nowMs + RETRY_MS;
      ends.addAll(question.ends());
      follows.addAll(question.follows());
      answers.onFailure(partition, question.all().exceptionNow());
      return true;
    }
    if (!question.follows().isEmpty()) {
      answers.onFollow(partition, question.start(), question.follows());
    }
    long end = question.end().join().offset();
    question.ends().forEach(request -> request.onAnswer().accept(end));
    return true;
  }
}
