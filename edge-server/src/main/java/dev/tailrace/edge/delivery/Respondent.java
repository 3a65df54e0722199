package dev.tailrace.edge.delivery;

import dev.tailrace.v1.Inquiry;
import java.util.function.Consumer;

/** Knows some of the edge's connections. */
@FunctionalInterface
public interface Respondent {
  /**
   * Asks who of those it has is meant. Any thread; never blocks. One that has too much to say
   * already does not answer.
   *
   * @param sink hears once, on the respondent's thread, and must not block
   */
  void offerInquiry(Inquiry inquiry, Consumer<InquiryFindings> sink);
}
