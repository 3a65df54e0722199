package dev.tailrace.support.tracing;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Spans on their way to a collector. Whoever ends a span never waits: where there is no room it is
 * dropped, and so is what the collector does not take; both are counted. The SDK's own processor
 * tells its losses to a meter of the SDK's alone.
 *
 * <p>Threading: {@link #onEnd} any thread; the exporter is {@code tracing-export}'s.
 */
final class SpanQueue implements SpanProcessor {
  private static final Logger LOG = LoggerFactory.getLogger(SpanQueue.class);
  private static final int BATCH = 512;
  private static final long GATHER_MS = 200;
  private static final long EXPORT_TIMEOUT_S = 10;
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);
  private static final long SILENCE_NS = TimeUnit.MINUTES.toNanos(1);

  private final SpanExporter exporter;
  private final String collector;
  private final BlockingQueue<SpanData> waiting;
  private final LongAdder exported;
  private final LongAdder dropped;
  private final Duration closeTimeout;
  private final Thread thread = new Thread(this::run, "tracing-export");
  private volatile boolean closing;
  private boolean everTold;
  private boolean failing;
  private long toldNs;

  /**
   * One that is not started.
   *
   * @param collector what it is called in the log
   * @param capacity most spans that wait
   */
  SpanQueue(
      SpanExporter exporter,
      String collector,
      int capacity,
      LongAdder exported,
      LongAdder dropped) {
    this(exporter, collector, capacity, exported, dropped, CLOSE_TIMEOUT);
  }

  /** One whose {@link #close} waits for so long, and as long again for who is interrupted. */
  SpanQueue(
      SpanExporter exporter,
      String collector,
      int capacity,
      LongAdder exported,
      LongAdder dropped,
      Duration closeTimeout) {
    this.exporter = exporter;
    this.collector = collector;
    this.waiting = new ArrayBlockingQueue<>(capacity);
    this.exported = exported;
    this.dropped = dropped;
    this.closeTimeout = closeTimeout;
    thread.setDaemon(true);
  }

  SpanQueue start() {
    thread.start();
    return this;
  }

  @Override
  public void onStart(Context parent, ReadWriteSpan span) {}

  @Override
  public boolean isStartRequired() {
    return false;
  }

  @Override
  public void onEnd(ReadableSpan span) {
    if (span.getSpanContext().isSampled() && !waiting.offer(span.toSpanData())) {
      dropped.increment();
    }
  }

  @Override
  public boolean isEndRequired() {
    return true;
  }

  private void run() {
    List<SpanData> batch = new ArrayList<>(BATCH);
    try {
      while (!closing || !waiting.isEmpty()) {
        gather(batch);
        if (!batch.isEmpty()) {
          export(batch);
          batch.clear();
        }
      }
    } catch (InterruptedException e) {
      dropped.add(batch.size()); // the time for the end is over
    }
  }

  /** What comes within a moment of the first goes with it. */
  private void gather(List<SpanData> batch) throws InterruptedException {
    SpanData next = waiting.poll(GATHER_MS, TimeUnit.MILLISECONDS);
    long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(GATHER_MS);
    while (next != null) {
      batch.add(next);
      long leftNs = closing || batch.size() == BATCH ? 0 : endNs - System.nanoTime();
      next = leftNs <= 0 ? null : waiting.poll(leftNs, TimeUnit.NANOSECONDS);
    }
    waiting.drainTo(batch, BATCH - batch.size());
  }

  private void export(List<SpanData> batch) throws InterruptedException {
    CompletableResultCode result;
    try {
      result = exporter.export(List.copyOf(batch)).join(EXPORT_TIMEOUT_S, TimeUnit.SECONDS);
    } catch (RuntimeException e) {
      lost(batch.size(), e);
      return;
    }
    if (result.isSuccess()) {
      exported.add(batch.size());
      if (failing) {
        failing = false;
        LOG.info("{} takes traces again", collector);
      }
    } else if (Thread.interrupted()) {
      throw new InterruptedException();
    } else {
      lost(batch.size(), result.getFailureThrowable());
    }
  }

  private void lost(int spans, @Nullable Throwable cause) {
    dropped.add(spans);
    long nowNs = System.nanoTime();
    if (!everTold || nowNs - toldNs >= SILENCE_NS) {
      failing = true;
      everTold = true;
      toldNs = nowNs;
      LOG.warn(
          "{} does not take traces, {} spans are lost so far: {}",
          collector,
          dropped.sum(),
          cause == null ? "no answer, or a refusal" : cause.toString());
    }
  }

  /** Sends what waits, if that does not take long. */
  @Override
  public void close() {
    closing = true;
    try {
      if (!thread.join(closeTimeout)) {
        thread.interrupt();
        thread.join(closeTimeout);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    dropped.add(waiting.size());
    waiting.clear();
    exporter.shutdown();
  }
}
