package dev.tailrace.testing;

import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A tracer whose spans are here when they have ended.
 *
 * <p>Threading: any.
 */
public final class RecordedSpans implements SpanProcessor {
  /**
   * One that has ended.
   *
   * @param values what it says, by name, and its status if that is an error
   */
  public record Recorded(
      String name,
      String kind,
      String traceId,
      String spanId,
      String parentId,
      Map<String, Object> values,
      long startNanos,
      long endNanos) {}

  private final List<Recorded> ended = new CopyOnWriteArrayList<>();
  private final SdkTracerProvider provider =
      SdkTracerProvider.builder().addSpanProcessor(this).build();

  /** Writes spans to here. */
  public Tracer tracer() {
    return provider.get("test");
  }

  /** Those that have ended, in that order. */
  public List<Recorded> ended() {
    return List.copyOf(ended);
  }

  @Override
  public void onStart(Context parent, ReadWriteSpan span) {}

  @Override
  public boolean isStartRequired() {
    return false;
  }

  @Override
  public void onEnd(ReadableSpan span) {
    SpanData data = span.toSpanData();
    Map<String, Object> values = new TreeMap<>();
    data.getAttributes().forEach((key, value) -> values.put(key.getKey(), value));
    if (data.getStatus().getStatusCode() == StatusCode.ERROR) {
      values.put("error", data.getStatus().getDescription());
    }
    ended.add(
        new Recorded(
            data.getName(),
            data.getKind().name(),
            data.getTraceId(),
            data.getSpanId(),
            data.getParentSpanId(),
            values,
            data.getStartEpochNanos(),
            data.getEndEpochNanos()));
  }

  @Override
  public boolean isEndRequired() {
    return true;
  }
}
