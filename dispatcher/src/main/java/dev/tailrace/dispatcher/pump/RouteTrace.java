package dev.tailrace.dispatcher.pump;

import dev.tailrace.dispatcher.routing.RouteDecision;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.tracing.Messaging;
import dev.tailrace.support.tracing.TraceParent;
import dev.tailrace.support.tracing.Tracing;
import dev.tailrace.v1.Event;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One event on its way through a dispatcher: a span from the read to the acknowledgement of the
 * last copy, and below it one for each copy, whose record names it to the edges. Of an event with
 * very many copies only the first have a span of their own.
 *
 * <p>Threading: dispatcher-pump-N, but {@link #acknowledged} and the end of a copy's span also the
 * producer's I/O thread.
 */
final class RouteTrace {
  private static final Logger LOG = LoggerFactory.getLogger(RouteTrace.class);
  private static final int MOST_SENDS = 32;
  private static final AttributeKey<Long> COPIES = AttributeKey.longKey("tailrace.copies");
  private static final AttributeKey<String> DEAD_LETTER =
      AttributeKey.stringKey("tailrace.dead_letter.reason");

  private final Tracing tracing;
  private final Span route;
  private int sends;

  RouteTrace(Tracing tracing, Span route) {
    this.tracing = tracing;
    this.route = route;
  }

  /** It is known what becomes of the event. */
  void routed(RouteDecision decision) {
    switch (decision) {
      case RouteDecision.Deliver deliver -> {
        Event event = deliver.records().getFirst().delivery().getEvent();
        route.setAttribute(Messaging.MESSAGE_ID, event.getId());
        route.setAttribute(COPIES, (long) deliver.records().size());
      }
      case RouteDecision.DeadLetter letter -> {
        String reason = letter.reason().name().replace("REASON_", "").toLowerCase(Locale.ROOT);
        route.setAttribute(DEAD_LETTER, reason);
        route.setStatus(StatusCode.ERROR, reason);
        LOG.atInfo()
            .addKeyValue("trace_id", route.getSpanContext().getTraceId())
            .addKeyValue("reason", reason)
            .log("a traced record became a dead letter: {}", reason);
      }
    }
  }

  /**
   * A copy is about to be sent; its record gets the header that edges go on from. A dead letter
   * keeps its headers as they were.
   *
   * @return its span, for {@link #sent}; null when it has none
   */
  @Nullable Span send(ProducerRecord<byte[], byte[]> record) {
    if (record.topic().equals(Topics.DEAD_LETTERS)) {
      return null;
    }
    Span send = sends++ < MOST_SENDS ? begin(record) : null;
    TraceParent.headers((send == null ? route : send).getSpanContext())
        .forEach(record.headers()::add);
    return send;
  }

  private Span begin(ProducerRecord<byte[], byte[]> record) {
    SpanBuilder send =
        tracing
            .tracer()
            .spanBuilder("send " + record.topic())
            .setParent(Context.root().with(route))
            .setSpanKind(SpanKind.PRODUCER)
            .setStartTimestamp(tracing.nowNanos(), TimeUnit.NANOSECONDS);
    Integer partition = record.partition(); // of a lane's record always there
    return Messaging.of(send, "send", "send", record.topic(), partition == null ? -1 : partition)
        .startSpan();
  }

  /** A copy was acknowledged, or failed. */
  void sent(@Nullable Span send, @Nullable Exception failure) {
    if (send != null) {
      end(send, failure);
    }
    if (failure != null) {
      end(route, failure);
    }
  }

  /** All copies are in the lanes. */
  void acknowledged() {
    end(route, null);
  }

  private void end(Span span, @Nullable Exception failure) {
    if (failure != null) {
      span.setStatus(StatusCode.ERROR, failure.getClass().getSimpleName());
    }
    span.end(tracing.nowNanos(), TimeUnit.NANOSECONDS);
  }
}
