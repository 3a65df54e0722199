package dev.tailrace.support.tracing;

import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * A process's traces. When they are off nothing of OpenTelemetry's SDK is loaded, and whoever would
 * write spans asks {@link #isOn} once, at its own beginning.
 *
 * <p>Threading: any thread; {@link #close} is the one's that started it.
 */
public final class Tracing implements AutoCloseable {
  private static final String SCOPE = "dev.tailrace";

  private final boolean on;
  private final Tracer tracer;
  private final InstantSource clock;
  private final LongAdder exported;
  private final LongAdder dropped;
  private final Runnable onClose;

  private Tracing(
      boolean on,
      Tracer tracer,
      InstantSource clock,
      LongAdder exported,
      LongAdder dropped,
      Runnable onClose) {
    this.on = on;
    this.tracer = tracer;
    this.clock = clock;
    this.exported = exported;
    this.dropped = dropped;
    this.onClose = onClose;
  }

  /** Without traces. */
  public static Tracing off() {
    return new Tracing(
        false,
        TracerProvider.noop().get(SCOPE),
        InstantSource.system(),
        new LongAdder(),
        new LongAdder(),
        () -> {});
  }

  /**
   * As configured.
   *
   * @param service what kind of process this is, such as tailrace-edge
   * @param process what it is called in the fleet
   */
  public static Tracing start(
      TracingConfig config, String service, String process, InstantSource clock) {
    URI endpoint = config.endpoint();
    if (endpoint == null) {
      return off();
    }
    LongAdder exported = new LongAdder();
    LongAdder dropped = new LongAdder();
    OtlpExport export = // whose class brings the SDK
        OtlpExport.start(endpoint, config.queue(), service, process, exported, dropped);
    return new Tracing(true, export.tracer(SCOPE), clock, exported, dropped, export::close);
  }

  /** With spans that go to this tracer, at once: for tests. */
  public static Tracing to(Tracer tracer, InstantSource clock) {
    return new Tracing(true, tracer, clock, new LongAdder(), new LongAdder(), () -> {});
  }

  /** Whether spans are written. */
  public boolean isOn() {
    return on;
  }

  /** Begins spans. */
  public Tracer tracer() {
    return tracer;
  }

  /** The time for a span's beginning or end: nanoseconds since the epoch. */
  public long nowNanos() {
    Instant now = clock.instant();
    return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
  }

  /** A span was not begun, since there are too many. */
  public void countDropped() {
    dropped.increment();
  }

  /** How many spans the collector has taken. */
  public long exported() {
    return exported.sum();
  }

  /** How many spans are lost: there was no room for them, or the collector did not take them. */
  public long dropped() {
    return dropped.sum();
  }

  /** Sends what waits, for two seconds at most. */
  @Override
  public void close() {
    onClose.run();
  }
}
