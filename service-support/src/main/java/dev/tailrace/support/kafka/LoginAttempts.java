package dev.tailrace.support.kafka;

import java.time.Duration;

/**
 * For how long a start bears refused logins: a provider of credentials may fail once and give the
 * right ones a second later.
 *
 * <p>Threading: one thread.
 */
public final class LoginAttempts {
  /** How long to wait after one that was refused. */
  public static final Duration PAUSE = Duration.ofSeconds(1);

  private static final int MOST = 3;

  private int refused;

  /**
   * Counts one that was refused.
   *
   * @throws LoginRefusedException that one, when it is the third in a row
   */
  public void onRefused(LoginRefusedException e) {
    refused++;
    if (refused >= MOST) {
      throw e;
    }
  }

  /** This process was let in, or nobody answered. */
  public void onOther() {
    refused = 0;
  }
}
