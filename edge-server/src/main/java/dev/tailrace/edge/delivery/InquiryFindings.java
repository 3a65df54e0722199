package dev.tailrace.edge.delivery;

import dev.tailrace.v1.ConnectionView;
import java.util.List;

/**
 * Who of a respondent's connections is meant by an inquiry.
 *
 * @param count all of them
 * @param past those of them whose position is past the place that was asked about
 * @param told {@link #MOST_TOLD} of them at most
 */
public record InquiryFindings(int count, int past, List<ConnectionView> told) {
  /** So many are told of, of all that there are. */
  public static final int MOST_TOLD = 100;
}
