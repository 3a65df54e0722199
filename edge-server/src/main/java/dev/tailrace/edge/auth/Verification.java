package dev.tailrace.edge.auth;

/** What came of a token or a request's credentials. */
public sealed interface Verification {
  /** Let in. */
  record Verified(Identity identity) implements Verification {}

  /**
   * Not let in.
   *
   * @param reason for the person who reads the answer; holds no part of the token
   */
  record Refused(AuthFailure failure, String reason) implements Verification {
    /** Taken back. */
    public static final Refused REVOKED =
        new Refused(AuthFailure.REVOKED, "this token is revoked: one issued since then is good");
  }
}
