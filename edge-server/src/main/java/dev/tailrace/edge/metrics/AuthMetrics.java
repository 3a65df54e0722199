package dev.tailrace.edge.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Supplier;

/**
 * Counts the keys of tokens, and how they are come by.
 *
 * <p>Threading: any thread.
 */
public final class AuthMetrics {
  private final MeterRegistry registry;
  private final Counter fetched;
  private final Counter notFetched;

  AuthMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.fetched = fetches("ok");
    this.notFetched = fetches("failed");
  }

  private Counter fetches(String outcome) {
    return Counter.builder(MeterNames.JWKS_FETCHES)
        .description("Times that the JWK Set was asked for")
        .tag(MeterNames.OUTCOME, outcome)
        .register(registry);
  }

  /** The JWK Set was fetched. */
  public void fetched() {
    fetched.increment();
  }

  /** The JWK Set could not be fetched, or not be used. */
  public void notFetched() {
    notFetched.increment();
  }

  /** Somebody was not let in, for this reason of the closed list. */
  public void refused(String reason) {
    refusedOf(reason).increment();
  }

  /** This reason is shown before any was refused for it: an alarm sees no rise to a first count. */
  public void expectRefused(String reason) {
    refusedOf(reason);
  }

  private Counter refusedOf(String reason) {
    return Counter.builder(MeterNames.AUTH_REFUSED)
        .description("Requests and tokens that were not let in")
        .tag(MeterNames.REASON, reason)
        .register(registry);
  }

  /**
   * Shows what there is, as it tells when it is asked.
   *
   * @param ageMs since the JWK Set was last fetched
   */
  public void showKeys(Supplier<Number> keys, Supplier<Number> ageMs) {
    Gauge.builder(MeterNames.AUTH_KEYS, keys)
        .description("Keys that tokens are verified with")
        .register(registry);
    Gauge.builder(MeterNames.JWKS_AGE, () -> ageMs.get().doubleValue() / 1_000)
        .description("How long ago the JWK Set was last fetched")
        .baseUnit("seconds")
        .register(registry);
  }
}
