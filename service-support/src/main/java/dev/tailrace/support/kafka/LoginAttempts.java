package dev.tailrace.support.kafka;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

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

  /**
   * Counts a request that failed. Those that were refused are no longer in a row when this one was
   * not: this process was let in, or nobody answered.
   *
   * @param cause of the failure, as a future of Kafka's gives it
   * @return whether it was refused
   * @throws LoginRefusedException when it is the third in a row
   */
  public boolean onFailed(@Nullable Throwable cause) {
    if (cause instanceof ExecutionException failure) {
      try {
        LoginRefusedException.throwIfSo(failure);
      } catch (LoginRefusedException e) {
        onRefused(e);
        return true;
      }
    }
    refused = 0;
    return false;
  }
}
