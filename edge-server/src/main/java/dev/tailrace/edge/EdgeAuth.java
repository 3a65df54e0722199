package dev.tailrace.edge;

import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.edge.auth.KeyListener;
import dev.tailrace.edge.auth.RequestAuthenticator;
import dev.tailrace.edge.auth.TokenKeys;
import dev.tailrace.edge.config.EdgeConfig;
import dev.tailrace.edge.health.Readiness;
import dev.tailrace.edge.health.ReadinessCheck;
import dev.tailrace.edge.metrics.AuthMetrics;

/**
 * Who may do what on this edge: its keys, and how they stand.
 *
 * <p>Threading: started and closed by one thread; the rest from any.
 */
final class EdgeAuth implements ReadinessCheck, AutoCloseable {
  private final TokenKeys keys;
  private final RequestAuthenticator authenticator;

  /**
   * Reads what keys are configured; fetches nothing yet.
   *
   * @throws dev.tailrace.support.config.SettingException when any of them cannot be used
   */
  EdgeAuth(EdgeConfig config, AuthMetrics metrics) {
    this.keys =
        new TokenKeys(
            config.auth(),
            EdgeClock.SYSTEM,
            EdgeClock.SYSTEM::monotonicMs,
            new KeyListener() {
              @Override
              public void onKeysFetched() {
                metrics.fetched();
              }

              @Override
              public void onKeysNotFetched() {
                metrics.notFetched();
              }
            });
    metrics.showKeys(keys::size, keys::ageMs);
    this.authenticator =
        RequestAuthenticator.of(config.auth(), keys, config.http().corsOrigins())
            .telling(failure -> metrics.refused(failure.code()));
  }

  /** Begins to look for keys; waits for those behind the URL for a few seconds at most. */
  void start() throws InterruptedException {
    keys.start();
    keys.awaitFirst();
  }

  RequestAuthenticator authenticator() {
    return authenticator;
  }

  @Override
  public String name() {
    return "keys";
  }

  @Override
  public Readiness check() {
    return keys.isReady() ? Readiness.ok(keys.describe()) : Readiness.notReady(keys.describe());
  }

  @Override
  public void close() {
    keys.close();
  }
}
