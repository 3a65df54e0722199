package dev.tailrace.dispatcher.ingress;

import dev.tailrace.schemas.Printable;
import dev.tailrace.v1.DeadLetter.Reason;
import org.jspecify.annotations.Nullable;

/**
 * A record cannot be read as an event; the message says why, in words that can be printed. It has
 * no stack trace: a producer may write any number of such records.
 */
public final class RejectedRecordException extends Exception {
  private static final long serialVersionUID = 1L;
  private static final int MAX_EXPLANATION = 300;

  private final Reason reason;
  private final String detail;

  private RejectedRecordException(Reason reason, String detail) {
    super(detail, null, false, false);
    this.reason = reason;
    this.detail = detail;
  }

  /** The record has not the form it seems to have. */
  static RejectedRecordException notAnEvent(String detail) {
    return new RejectedRecordException(Reason.REASON_NOT_AN_EVENT, detail);
  }

  /** The same, as whoever tried to read it explains. */
  static RejectedRecordException notAnEvent(String detail, @Nullable String explanation) {
    String why = explanation == null ? "" : Printable.of(explanation, MAX_EXPLANATION);
    return notAnEvent(detail + ": " + why);
  }

  /** A part of it cannot be what it says. */
  static RejectedRecordException badField(String detail) {
    return new RejectedRecordException(Reason.REASON_BAD_FIELD, detail);
  }

  /** Which kind of dead letter it becomes. */
  public Reason reason() {
    return reason;
  }

  /** What is wrong. */
  public String detail() {
    return detail;
  }
}
