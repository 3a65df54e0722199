package dev.tailrace.support.tracing;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapSetter;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The W3C's trace context in the headers of a record. To see that a trace is not sampled, which is
 * what most records say, takes a look at some bytes and no memory.
 *
 * <p>Threading: stateless.
 */
public final class TraceParent {
  /** The header of the trace and its last span. */
  public static final String HEADER = "traceparent";

  /** The header of what tracing systems say beside it. */
  public static final String STATE_HEADER = "tracestate";

  /** A longer state is not handed on: the W3C asks for so much, and lanes have no more room. */
  public static final int MAX_STATE_BYTES = 512;

  private static final int LENGTH = 55; // 00-<32 digits>-<16 digits>-<2 digits>
  private static final int TRACE_ID = 3;
  private static final int SPAN_ID = 36;
  private static final int FLAGS = 53;

  @SuppressWarnings("deprecation") // it has no default yet
  private static final TextMapGetter<Map<String, String>> GETTER =
      new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(Map<String, String> headers) {
          return List.copyOf(headers.keySet());
        }

        @Override
        public @Nullable String get(@Nullable Map<String, String> headers, String name) {
          return headers == null ? null : headers.get(name);
        }
      };

  private static final TextMapSetter<Map<String, String>> SETTER =
      (headers, name, value) -> {
        if (headers != null) {
          headers.put(name, value);
        }
      };

  private TraceParent() {}

  /** What a record says of its trace. */
  public enum Says {
    /** Nothing, or nothing that the W3C's rules understand. */
    NOTHING,
    /** It belongs to a trace that nobody keeps. */
    UNSAMPLED,
    /** It belongs to a trace that is kept. */
    SAMPLED
  }

  /** What this header says; without memory. */
  public static Says read(byte @Nullable [] header) {
    if (header == null
        || header.length < LENGTH
        || header[TRACE_ID - 1] != '-'
        || header[SPAN_ID - 1] != '-'
        || header[FLAGS - 1] != '-'
        || !isVersionKnown(header)
        || !isId(header, TRACE_ID, SPAN_ID - 1)
        || !isId(header, SPAN_ID, FLAGS - 1)
        || digit(header[FLAGS]) < 0
        || digit(header[FLAGS + 1]) < 0) {
      return Says.NOTHING;
    }
    return (digit(header[FLAGS + 1]) & 1) == 1 ? Says.SAMPLED : Says.UNSAMPLED;
  }

  /** A later version may have more to say behind another dash; ff is none. */
  private static boolean isVersionKnown(byte[] header) {
    int high = digit(header[0]);
    int low = digit(header[1]);
    if (high < 0 || low < 0 || (high == 15 && low == 15)) {
      return false;
    }
    return header.length == LENGTH || (high + low > 0 && header[LENGTH] == '-');
  }

  /** Digits that are not all zero. */
  private static boolean isId(byte[] header, int from, int to) {
    int bits = 0;
    for (int i = from; i < to; i++) {
      int digit = digit(header[i]);
      if (digit < 0) {
        return false;
      }
      bits |= digit;
    }
    return bits != 0;
  }

  /** Of a lower-case hexadecimal digit; negative for anything else. */
  private static int digit(byte at) {
    if (at >= '0' && at <= '9') {
      return at - '0';
    }
    return at >= 'a' && at <= 'f' ? at - 'a' + 10 : -1;
  }

  /** The span that a header names. A state that is not understood is none. */
  public static SpanContext context(byte[] header, byte @Nullable [] state) {
    Map<String, String> headers = new HashMap<>();
    headers.put(HEADER, new String(header, StandardCharsets.ISO_8859_1));
    if (state != null && state.length <= MAX_STATE_BYTES) {
      headers.put(STATE_HEADER, new String(state, StandardCharsets.ISO_8859_1));
    }
    return Span.fromContext(
            W3CTraceContextPropagator.getInstance().extract(Context.root(), headers, GETTER))
        .getSpanContext();
  }

  /** The headers that name a span, by name: one, or two with a state that is not too long. */
  public static Map<String, byte[]> headers(SpanContext span) {
    Map<String, String> headers = new HashMap<>();
    W3CTraceContextPropagator.getInstance()
        .inject(Context.root().with(Span.wrap(span)), headers, SETTER);
    Map<String, byte[]> bytes = new HashMap<>();
    headers.forEach(
        (name, value) -> {
          if (name.equals(HEADER) || value.length() <= MAX_STATE_BYTES) {
            bytes.put(name, value.getBytes(StandardCharsets.ISO_8859_1));
          }
        });
    return bytes;
  }
}
