package dev.tailrace.edge.health;

/**
 * Whether a part can do its work.
 *
 * @param reason why not, in words; what it found, when it can
 */
public record Readiness(boolean ready, String reason) {
  /** It can. */
  public static Readiness ok(String what) {
    return new Readiness(true, what);
  }

  /** It cannot, for this reason. */
  public static Readiness notReady(String reason) {
    return new Readiness(false, reason);
  }
}
