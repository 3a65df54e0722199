package dev.tailrace.edge.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Counts connections as they come and go. Transports and reasons are words of closed lists, never
 * what a client sent.
 *
 * <p>Threading: any thread.
 */
public final class ConnectionMetrics {
  private final MeterRegistry registry;
  private final Map<String, LongAdder> open = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> closed = new ConcurrentHashMap<>();
  private volatile LongSupplier overdue = () -> 0;

  ConnectionMetrics(MeterRegistry registry) {
    this.registry = registry;
    // The registry holds this object weakly: it is its owner who keeps it.
    FunctionCounter.builder(MeterNames.CUT_OVERDUE, this, ConnectionMetrics::overdueCount)
        .description("Connections cut in the middle of a handshake or a request's head")
        .register(registry);
  }

  /** One is held now. */
  public void opened(String transport) {
    openOf(transport).increment();
    counter(MeterNames.CONNECTIONS_OPENED, MeterNames.TRANSPORT, transport).increment();
  }

  /** One that had been opened has ended. */
  public void closed(String transport, String reason) {
    openOf(transport).decrement();
    closed.computeIfAbsent(reason, any -> new LongAdder()).increment();
    counter(
            MeterNames.CONNECTIONS_CLOSED,
            MeterNames.TRANSPORT,
            transport,
            MeterNames.REASON,
            reason)
        .increment();
  }

  /** One was not taken. */
  public void refused(String transport, String reason) {
    refusedOf(transport, reason).increment();
  }

  /** This reason is shown before any was refused for it: an alarm sees no rise to a first count. */
  public void expectRefused(String transport, String reason) {
    refusedOf(transport, reason);
  }

  private Counter refusedOf(String transport, String reason) {
    return counter(
        MeterNames.CONNECTIONS_REFUSED, MeterNames.TRANSPORT, transport, MeterNames.REASON, reason);
  }

  /** Shows how many there may be. */
  public void showLimit(int connections) {
    Gauge.builder(MeterNames.CONNECTIONS_LIMIT, () -> connections)
        .description("Connections that this edge takes")
        .register(registry);
  }

  /** Shows how many of a transport stand so, as this tells when it is asked. */
  public void showStanding(String transport, String state, Supplier<Number> count) {
    Gauge.builder(MeterNames.CONNECTIONS_STANDING, count)
        .description("Connections by how they stood within the last second")
        .tag(MeterNames.TRANSPORT, transport)
        .tag(MeterNames.STATE, state)
        .register(registry);
  }

  /** Counts those that were cut before their request was there, as this tells when it is asked. */
  public void watchOverdue(LongSupplier cut) {
    overdue = cut;
  }

  private double overdueCount() {
    return overdue.getAsLong();
  }

  /** Shows until when the certificate holds that clients are served with. */
  public void watchCertificate(Supplier<Instant> expiresAt) {
    Gauge.builder(MeterNames.CERTIFICATE_EXPIRY, () -> expiresAt.get().getEpochSecond())
        .description("When the certificate of the public port expires, since the epoch")
        .baseUnit("seconds")
        .register(registry);
  }

  /** How many have ended, by reason. */
  Map<String, Long> closedCounts() {
    Map<String, Long> now = new TreeMap<>();
    closed.forEach((reason, count) -> now.put(reason, count.sum()));
    return now;
  }

  private LongAdder openOf(String transport) {
    return open.computeIfAbsent(
        transport,
        name -> {
          LongAdder count = new LongAdder();
          Gauge.builder(MeterNames.CONNECTIONS, count, LongAdder::sum)
              .description("Connections held")
              .tag(MeterNames.TRANSPORT, name)
              .strongReference(true)
              .register(registry);
          return count;
        });
  }

  private Counter counter(String name, String... tags) {
    return registry.counter(name, tags);
  }
}
