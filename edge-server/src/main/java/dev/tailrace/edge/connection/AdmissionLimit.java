package dev.tailrace.edge.connection;

/** Which of its limits the edge would exceed by letting one more in. */
public enum AdmissionLimit {
  /** This edge holds as many as it may, or stops. */
  EDGE(DisconnectReason.OVERLOADED),
  /** So many of one network address are held. */
  ADDRESS(DisconnectReason.TOO_MANY_CONNECTIONS),
  /** So many of one user are held. */
  USER(DisconnectReason.TOO_MANY_CONNECTIONS),
  /** So many came from one network address of late. */
  RATE(DisconnectReason.CONNECTING_TOO_OFTEN);

  private final DisconnectReason reason;

  AdmissionLimit(DisconnectReason reason) {
    this.reason = reason;
  }

  /** What the client is told. */
  public DisconnectReason reason() {
    return reason;
  }
}
