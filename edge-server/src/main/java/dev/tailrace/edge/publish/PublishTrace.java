package dev.tailrace.edge.publish;

import dev.tailrace.support.tracing.TraceParent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * The trace that a publisher says his event belongs to. It goes to the ingress record's headers,
 * where a producer's own would be.
 *
 * <p>Threading: immutable.
 */
public final class PublishTrace {
  /** The publisher says nothing. */
  public static final PublishTrace NONE = new PublishTrace(List.of());

  private final List<Header> headers;

  private PublishTrace(List<Header> headers) {
    this.headers = headers;
  }

  /**
   * That of a request. By the W3C's rules one that is malformed, or there twice, is none, and then
   * the states say nothing either.
   *
   * @param parents the values of {@code traceparent}
   * @param states those of {@code tracestate}, which make one list
   */
  public static PublishTrace of(List<String> parents, List<String> states) {
    byte[] parent =
        parents.size() == 1 ? parents.getFirst().getBytes(StandardCharsets.ISO_8859_1) : null;
    if (parent == null || TraceParent.read(parent) == TraceParent.Says.NOTHING) {
      return NONE;
    }
    Header first = new RecordHeader(TraceParent.HEADER, parent);
    byte[] state = String.join(",", states).getBytes(StandardCharsets.ISO_8859_1);
    return new PublishTrace(
        state.length == 0 || state.length > TraceParent.MAX_STATE_BYTES
            ? List.of(first)
            : List.of(first, new RecordHeader(TraceParent.STATE_HEADER, state)));
  }

  Iterable<Header> headers() {
    return headers;
  }
}
