package dev.tailrace.system;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tailrace.support.net.FreePorts;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Takes traces as a collector does: OTLP in Protobuf over HTTP. It can go away and come back.
 *
 * <p>Threading: one test thread, and the server's.
 */
final class OtlpCollector implements AutoCloseable {
  /**
   * A span that was sent here.
   *
   * @param of the resource's service name and instance
   */
  record Received(
      String of,
      String name,
      String kind,
      String traceId,
      String spanId,
      String parentId,
      String state,
      boolean failed,
      long startNanos,
      long endNanos,
      Map<String, String> values) {}

  private final int port = FreePorts.one();
  private final List<Received> spans = new CopyOnWriteArrayList<>();
  private @Nullable HttpServer server;

  /** Listens, from now on or again. */
  void listen() throws IOException {
    HttpServer started =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    started.createContext("/v1/traces", this::take);
    started.start();
    server = started;
  }

  String endpoint() {
    return "http://127.0.0.1:%d/v1/traces".formatted(port);
  }

  /** Those of a trace. */
  List<Received> ofTrace(String traceId) {
    return spans.stream().filter(span -> span.traceId().equals(traceId)).toList();
  }

  List<Received> all() {
    return List.copyOf(spans);
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      ExportTraceServiceRequest request =
          ExportTraceServiceRequest.parseFrom(exchange.getRequestBody());
      request.getResourceSpansList().forEach(this::take);
      byte[] answer = ExportTraceServiceResponse.getDefaultInstance().toByteArray();
      exchange.getResponseHeaders().add("Content-Type", "application/x-protobuf");
      exchange.sendResponseHeaders(200, answer.length == 0 ? -1 : answer.length);
      exchange.getResponseBody().write(answer);
    }
  }

  private void take(ResourceSpans resource) {
    Map<String, String> about = values(resource.getResource().getAttributesList());
    String of = about.get("service.name") + "/" + about.get("service.instance.id");
    for (ScopeSpans scope : resource.getScopeSpansList()) {
      for (Span span : scope.getSpansList()) {
        spans.add(
            new Received(
                of,
                span.getName(),
                span.getKind().name().replace("SPAN_KIND_", ""),
                HexFormat.of().formatHex(span.getTraceId().toByteArray()),
                HexFormat.of().formatHex(span.getSpanId().toByteArray()),
                HexFormat.of().formatHex(span.getParentSpanId().toByteArray()),
                span.getTraceState(),
                span.getStatus().getCode() == Status.StatusCode.STATUS_CODE_ERROR,
                span.getStartTimeUnixNano(),
                span.getEndTimeUnixNano(),
                values(span.getAttributesList())));
      }
    }
  }

  private static Map<String, String> values(List<KeyValue> pairs) {
    Map<String, String> values = new TreeMap<>();
    for (KeyValue pair : pairs) {
      AnyValue value = pair.getValue();
      values.put(
          pair.getKey(),
          value.hasIntValue() ? Long.toString(value.getIntValue()) : value.getStringValue());
    }
    return values;
  }

  /** Goes away: its port refuses. */
  void leave() {
    if (server != null) {
      server.stop(0);
      server = null;
    }
  }

  @Override
  public void close() {
    leave();
  }
}
