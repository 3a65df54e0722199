package dev.tailrace.edge.desk;

import com.google.protobuf.Timestamp;
import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.edge.delivery.InquiryFindings;
import dev.tailrace.edge.delivery.Respondent;
import dev.tailrace.edge.limit.RateLimiter;
import dev.tailrace.v1.Answer;
import dev.tailrace.v1.ConnectionView;
import dev.tailrace.v1.Inquiry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers for this edge what operators ask all of them: asks each delivery agent, and puts together
 * what they know. So many inquiries are answered in a second, whoever asks; the others are passed
 * over, and this edge is missing in what comes of them.
 *
 * <p>Threading: asked by the follower of the control topic, told by the delivery agents; neither
 * waits.
 */
public final class InquiryAnswers {
  /** Inquiries that are answered in a second. */
  public static final int PER_SECOND = 50;

  private static final Logger LOG = LoggerFactory.getLogger(InquiryAnswers.class);
  private static final String ALL = "";

  /** One is in use; a limiter that has no room for another forgets it. */
  private static final int BUCKETS = 2;

  private final String process;
  private final List<? extends Respondent> respondents;
  private final Consumer<Answer> sink;
  private final EdgeClock clock;
  private final RateLimiter<String> rate;

  /**
   * Of these, who do not change any more.
   *
   * @param process this edge's name
   * @param sink takes the answers, and must not block
   */
  public InquiryAnswers(
      String process,
      List<? extends Respondent> respondents,
      Consumer<Answer> sink,
      EdgeClock clock) {
    this.process = process;
    this.respondents = List.copyOf(respondents);
    this.sink = sink;
    this.clock = clock;
    this.rate = new RateLimiter<>(PER_SECOND, PER_SECOND, BUCKETS, clock);
  }

  /** Answers it in a while. */
  public void onInquiry(Inquiry inquiry) {
    if (!rate.take(ALL).isZero()) {
      LOG.debug(
          "more than {} inquiries in a second: {} is passed over", PER_SECOND, inquiry.getId());
      return;
    }
    Round round = new Round(inquiry);
    respondents.forEach(one -> one.offerInquiry(inquiry, round::add));
  }

  /** What the agents say, until all have. */
  private final class Round {
    private final Inquiry inquiry;
    private final List<ConnectionView> told = new ArrayList<>();
    private int count;
    private int past;
    private int heard;

    private Round(Inquiry inquiry) {
      this.inquiry = inquiry;
    }

    private void add(InquiryFindings findings) {
      Answer answer = addUp(findings);
      if (answer != null) {
        sink.accept(answer);
      }
    }

    private synchronized @Nullable Answer addUp(InquiryFindings findings) {
      count += findings.count();
      past += findings.past();
      findings.told().stream().limit(InquiryFindings.MOST_TOLD - told.size()).forEach(told::add);
      heard++;
      if (heard < respondents.size()) {
        return null;
      }
      Instant now = clock.instant();
      return Answer.newBuilder()
          .setInquiry(inquiry.getId())
          .setProcess(process)
          .setAt(Timestamp.newBuilder().setSeconds(now.getEpochSecond()).setNanos(now.getNano()))
          .setConnectionCount(count)
          .setPastCount(past)
          .addAllConnections(told)
          .build();
    }
  }
}
