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
  record Refused(AuthFailure failure, String reason) implements Verification {}
}
