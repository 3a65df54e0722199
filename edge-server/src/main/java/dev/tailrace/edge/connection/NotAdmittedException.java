package dev.tailrace.edge.connection;

/** There is no room for one more connection; says which limit that is. */
public final class NotAdmittedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final AdmissionLimit limit;

  NotAdmittedException(AdmissionLimit limit) {
    super(limit.reason().text(), null, false, false);
    this.limit = limit;
  }

  /** Which limit was reached. */
  public AdmissionLimit limit() {
    return limit;
  }

  /** What the client is told. */
  public DisconnectReason reason() {
    return limit.reason();
  }
}
