package dev.tailrace.edge.tracing;

import dev.tailrace.edge.log.LogEntry;
import dev.tailrace.edge.log.TraceMark;
import dev.tailrace.support.tracing.Messaging;
import dev.tailrace.support.tracing.TraceParent;
import dev.tailrace.support.tracing.Tracing;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The spans of one delivery agent: for each traced entry that somebody here follows one, however
 * many that are, from the tail's read to the last write of its round that carried it. Who could not
 * be written to in that round gets the event later, and is not counted.
 *
 * <p>Threading: the delivery agent.
 */
public final class DeliveryTraces {
  /** Of one round; a sampling that finds more than these is no sampling. */
  static final int MOST_OPEN = 1_024;

  private static final AttributeKey<Long> FOLLOWERS = AttributeKey.longKey("tailrace.followers");
  private static final AttributeKey<Long> DELIVERIES = AttributeKey.longKey("tailrace.deliveries");

  private static final class Open {
    private final Span span;
    private long followers;
    private long deliveries;
    private long endNanos;

    Open(Span span) {
      this.span = span;
    }
  }

  private final Tracing tracing;
  private final IdentityHashMap<LogEntry, Open> open = new IdentityHashMap<>();
  private final List<Open> inTurn = new ArrayList<>();

  /** With spans that go there. Without tracing no entry is marked, and there is nothing to do. */
  public DeliveryTraces(Tracing tracing) {
    this.tracing = tracing;
  }

  /** A marked entry is for so many readers of one of its addresses, who have their turns next. */
  public void swept(LogEntry entry, int readers) {
    TraceMark mark = entry.trace();
    if (mark == null) {
      return;
    }
    Open known = open.get(entry);
    if (known == null) {
      if (open.size() == MOST_OPEN) {
        tracing.countDropped();
        return;
      }
      known = new Open(begin(entry, mark));
      open.put(entry, known);
    }
    known.followers += readers;
  }

  private Span begin(LogEntry entry, TraceMark mark) {
    String topic = entry.partition().topic();
    SpanBuilder span =
        tracing
            .tracer()
            .spanBuilder("deliver " + topic)
            .setParent(
                Context.root().with(Span.wrap(TraceParent.context(mark.parent(), mark.state()))))
            .setSpanKind(SpanKind.CONSUMER)
            .setStartTimestamp(mark.readNanos(), TimeUnit.NANOSECONDS);
    Messaging.of(span, "deliver", "process", topic, entry.partition().partition());
    return Messaging.at(span, entry.offset()).startSpan();
  }

  /** A marked entry was put into a turn. */
  public void wrote(LogEntry entry) {
    Open known = open.get(entry);
    if (known != null) {
      known.deliveries++;
      inTurn.add(known);
    }
  }

  /** The turn was handed to its socket. */
  public void flushed() {
    if (!inTurn.isEmpty()) {
      long nowNanos = tracing.nowNanos();
      inTurn.forEach(written -> written.endNanos = nowNanos);
      inTurn.clear();
    }
  }

  /** All who waited for what was swept have had their turn. */
  public void endRound() {
    if (!open.isEmpty()) {
      long nowNanos = tracing.nowNanos();
      open.values().forEach(ended -> end(ended, nowNanos));
      open.clear();
      inTurn.clear();
    }
  }

  private static void end(Open ended, long nowNanos) {
    ended
        .span
        .setAttribute(FOLLOWERS, ended.followers)
        .setAttribute(DELIVERIES, ended.deliveries)
        .end(ended.endNanos == 0 ? nowNanos : ended.endNanos, TimeUnit.NANOSECONDS);
  }
}
