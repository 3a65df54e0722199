package dev.tailrace.support.tracing;

import dev.tailrace.support.fleet.FleetProcess;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanLimits;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * OpenTelemetry's SDK, with a queue of spans in front of a collector.
 *
 * <p>Threading: any thread; {@link #close} is the one's that started it.
 */
final class OtlpExport {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  /** It would write to standard error by itself, past our log; held, or its level is forgotten. */
  private static final Logger ITS_OWN = Logger.getLogger("io.opentelemetry");

  private final SdkTracerProvider provider;
  private final SpanQueue queue;

  private OtlpExport(SdkTracerProvider provider, SpanQueue queue) {
    this.provider = provider;
    this.queue = queue;
  }

  static OtlpExport start(
      URI endpoint,
      int capacity,
      String service,
      String process,
      LongAdder exported,
      LongAdder dropped) {
    ITS_OWN.setLevel(Level.OFF);
    OtlpHttpSpanExporter exporter =
        OtlpHttpSpanExporter.builder()
            .setEndpoint(endpoint.toString())
            .setConnectTimeout(TIMEOUT)
            .setTimeout(TIMEOUT)
            .setRetryPolicy(null) // what waits for another attempt would take the room of the next
            .build();
    SpanQueue queue =
        new SpanQueue(exporter, endpoint.toString(), capacity, exported, dropped).start();
    SdkTracerProvider provider =
        SdkTracerProvider.builder()
            .setResource(
                Resource.builder()
                    .put(AttributeKey.stringKey("service.name"), service)
                    .put(AttributeKey.stringKey("service.namespace"), "tailrace")
                    .put(AttributeKey.stringKey("service.instance.id"), process)
                    .put(AttributeKey.stringKey("service.version"), FleetProcess.version())
                    .build())
            .setSpanLimits(SpanLimits.builder().setMaxAttributeValueLength(256).build())
            .addSpanProcessor(queue)
            .build();
    return new OtlpExport(provider, queue);
  }

  Tracer tracer(String scope) {
    return provider.get(scope);
  }

  void close() {
    queue.close();
    provider.close();
  }
}
