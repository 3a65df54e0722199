package dev.tailrace.edge.tail;

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
   * @param foldStart where the fold's horizon begins; null when nobody is to follow
   * @param both done when both are
   */
  private record Question(
      List<EndOffsetRequest> ends,
      List<FollowRequest> follows,
      CompletableFuture<Long> end,
      CompletableFuture<Long> foldStart,
      CompletableFuture<Void> both) {}

  /** Takes what a leader answered. */
  interface Answers {
    /** Somebody wants to follow from this end; the fold starts earlier, or there. */
    void onFollow(LanePartition partition, long end, long foldStart, List<FollowRequest> requests);

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

  /** Whether there is nothing to ask, and no answer to wait for. */
  boolean isOver() {
    return asked == null && ends.isEmpty() && follows.isEmpty();
  }

  /** Whether an answer is there. */
  boolean isAnswered() {
    return asked != null && asked.both().isDone();
  }

  /**
   * Puts the question that is due.
   *
   * @param onAnswer called on any thread once there is an answer; must not block
   */
  void ask(LaneOffsets offsets, long horizonMs, long nowMs, Runnable onAnswer) {
    if (asked != null || nowMs < notBeforeMs || isOver()) {
      return;
    }
    CompletableFuture<Long> end = offsets.end(partition);
    CompletableFuture<Long> foldStart =
        follows.isEmpty()
            ? CompletableFuture.completedFuture(LaneOffsets.NONE)
            : offsets.atTime(partition, horizonMs);
    CompletableFuture<Void> both = CompletableFuture.allOf(end, foldStart);
    asked = new Question(ends, follows, end, foldStart, both);
    var _ = both.whenComplete((nothing, failure) -> onAnswer.run()); // both is done before that
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
    if (question.both().isCompletedExceptionally()) {
      notBeforeMs = nowMs + RETRY_MS;
      ends.addAll(question.ends());
      follows.addAll(question.follows());
      answers.onFailure(partition, question.both().exceptionNow());
      return true;
    }
    long end = question.end().join();
    if (!question.follows().isEmpty()) {
      long foldStart = question.foldStart().join();
      answers.onFollow(
          partition,
          end,
          foldStart == LaneOffsets.NONE ? end : Math.min(foldStart, end),
          question.follows());
    }
    question.ends().forEach(request -> request.onAnswer().accept(end));
    return true;
  }
}
