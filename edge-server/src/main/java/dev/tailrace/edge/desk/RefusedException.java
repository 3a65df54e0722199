package dev.tailrace.edge.desk;

/** What was asked for is not done; the message says why, in words. */
public final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;

  private RefusedException(int status, String code, String detail) {
    super(detail);
    this.status = status;
    this.code = code;
  }

  /** What was asked makes no sense. */
  public static RefusedException badRequest(String detail) {
    return new RefusedException(400, "bad_request", detail);
  }

  /** It cannot be done as things are. */
  static RefusedException conflict(String detail) {
    return new RefusedException(409, "refused", detail);
  }

  /** This edge is not so far. */
  public static RefusedException starting() {
    return new RefusedException(503, "starting", "this edge has not started yet");
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  /** A word of the protocol's list. */
  public String code() {
    return code;
  }
}
