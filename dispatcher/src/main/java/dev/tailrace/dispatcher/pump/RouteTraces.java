package dev.tailrace.dispatcher.pump;

import dev.tailrace.support.tracing.Messaging;
import dev.tailrace.support.tracing.TraceParent;
import dev.tailrace.support.tracing.Tracing;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Which ingress records are traced: those whose producer says so, and of those who say nothing as
 * many as are configured. No other costs memory.
 *
 * <p>Threading: any thread.
 */
public final class RouteTraces {
  private final Tracing tracing;
  private final String group;
  private final double sampleRatio;
  private final RandomGenerator random;

  /**
   * As configured.
   *
   * @param group the consumer group that the records are read by
   * @param sampleRatio of the records that say nothing of a trace, how many begin one
   */
  public RouteTraces(Tracing tracing, String group, double sampleRatio, RandomGenerator random) {
    this.tracing = tracing;
    this.group = group;
    this.sampleRatio = sampleRatio;
    this.random = random;
  }

  /** Of nothing. */
  public static RouteTraces off() {
    return new RouteTraces(Tracing.off(), "", 0, RandomGenerator.getDefault());
  }

  /** The trace of a record that was just read; null when it is not traced. */
  @Nullable RouteTrace begin(ConsumerRecord<byte[], byte[]> record) {
    if (!tracing.isOn()) {
      return null;
    }
    byte[] parent = value(record.headers(), TraceParent.HEADER);
    return switch (TraceParent.read(parent)) {
      case UNSAMPLED -> null;
      case NOTHING ->
          sampleRatio > 0 && random.nextDouble() < sampleRatio
              ? begin(record, Context.root())
              : null;
      case SAMPLED -> begin(record, parent(parent, record.headers()));
    };
  }

  private static Context parent(byte @Nullable [] parent, Headers headers) {
    return parent == null
        ? Context.root()
        : Context.root()
            .with(Span.wrap(TraceParent.context(parent, value(headers, TraceParent.STATE_HEADER))));
  }

  /** Of several the last, as an event's attributes have it. */
  private static byte @Nullable [] value(Headers headers, String name) {
    Header header = headers.lastHeader(name);
    return header == null ? null : header.value();
  }

  private RouteTrace begin(ConsumerRecord<byte[], byte[]> record, Context parent) {
    SpanBuilder route =
        tracing
            .tracer()
            .spanBuilder("route " + record.topic())
            .setParent(parent)
            .setSpanKind(SpanKind.CONSUMER)
            .setStartTimestamp(tracing.nowNanos(), TimeUnit.NANOSECONDS)
            .setAttribute(Messaging.GROUP, group);
    Messaging.of(route, "route", "process", record.topic(), record.partition());
    Messaging.at(route, record.offset());
    return new RouteTrace(tracing, route.startSpan());
  }
}
