package dev.tailrace.edge.control;

import static dev.tailrace.edge.control.Records.issuedBefore;

import java.time.Instant;
import java.util.List;

/** Makes the revocations of tests. */
public final class Revoked {
  private Revoked() {}

  /** All that a user was issued before a moment. */
  public static Revocations user(String user, Instant moment) {
    return Revocations.of(List.of(issuedBefore(moment).setSubject(user).build()));
  }

  /** All that anybody was issued before a moment. */
  public static Revocations everybody(Instant moment) {
    return Revocations.of(List.of(issuedBefore(moment).setEverybody(true).build()));
  }

  /** A channel, whoever was granted it before a moment. */
  public static Revocations channel(String channel, Instant moment) {
    return Revocations.of(List.of(issuedBefore(moment).setChannel(channel).build()));
  }
}
