package dev.tailrace.dispatcher.pump;

/**
 * A pump's right to read and write: its last acknowledged commit proves that the group still
 * counted it in when that commit was sent. What it does after the lease has run out, another may be
 * doing already.
 *
 * <p>Threading: dispatcher-pump-N only.
 */
final class Lease {
  private final long leaseMs;
  private long provenMs;

  Lease(long leaseMs, long nowMs) {
    this.leaseMs = leaseMs;
    this.provenMs = nowMs;
  }

  /** A commit that was sent at this time has been acknowledged. */
  void proven(long sentMs) {
    provenMs = Math.max(provenMs, sentMs);
  }

  boolean holds(long nowMs) {
    return nowMs - provenMs <= leaseMs;
  }

  long ageMs(long nowMs) {
    return nowMs - provenMs;
  }
}
