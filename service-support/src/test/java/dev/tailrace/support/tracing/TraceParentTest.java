package dev.tailrace.support.tracing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.support.tracing.TraceParent.Says;
import io.opentelemetry.api.trace.SpanContext;
import java.lang.management.ManagementFactory;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of https://www.w3.org/TR/trace-context/, section 3.2. */
class TraceParentTest {
  private static final String SAMPLED = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  private static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }

  @ParameterizedTest
  @CsvSource({
    SAMPLED + ",SAMPLED",
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00,UNSAMPLED",
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03,SAMPLED",
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-fe,UNSAMPLED",
    "00-00000000000000000000000000000001-0000000000000001-01,SAMPLED",
    "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01,SAMPLED",
    "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-comes-later,SAMPLED",
    "fe-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00-,UNSAMPLED",
  })
  void shouldTellWhetherATraceIsKept(String header, Says says) {
    assertThat(TraceParent.read(bytes(header))).isEqualTo(says);
    SpanContext span = TraceParent.context(bytes(header), null);
    assertThat(span.isValid()).isTrue();
    assertThat(span.isSampled()).isEqualTo(says == Says.SAMPLED);
    assertThat(header).contains(span.getTraceId(), span.getSpanId());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00",
        "0af7651916cd43dd8448eb211c80319c",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-011",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
        "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01.more",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "0F-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-B7AD6B7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0af7651916cd43dd8448eb211c80319g-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333 -01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0x",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-x1",
        "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331_01",
        " 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0\u00e9",
      })
  void shouldPassOverWhatTheRulesDoNotKnow(String header) {
    assertThat(TraceParent.read(bytes(header))).isEqualTo(Says.NOTHING);
  }

  @Test
  void shouldPassOverAHeaderWithoutAValue() {
    assertThat(TraceParent.read(null)).isEqualTo(Says.NOTHING);
  }

  @Test
  void shouldHandTheStateOn() {
    SpanContext span = TraceParent.context(bytes(SAMPLED), bytes("a=1,b=2"));
    assertThat(span.getTraceState().asMap()).isEqualTo(Map.of("a", "1", "b", "2"));
    Map<String, byte[]> headers = TraceParent.headers(span);
    assertThat(headers).containsOnlyKeys("traceparent", "tracestate");
    assertThat(headers.get("traceparent")).isEqualTo(bytes(SAMPLED));
    assertThat(new String(headers.get("tracestate"), ISO_8859_1)).isEqualTo("a=1,b=2");
  }

  @Test
  void shouldLeaveAStateOutThatIsTooLongOrNone() {
    String longest = "a=" + "x".repeat(200) + ",b=" + "y".repeat(200) + ",c=" + "z".repeat(104);
    assertThat(longest).hasSize(TraceParent.MAX_STATE_BYTES);
    assertThat(states(longest)).isEqualTo(3);
    assertThat(states(longest + "z")).isZero();
    assertThat(states("no list")).isZero();
    assertThat(states("\u00e9=1")).isZero();
  }

  private static int states(String state) {
    SpanContext span = TraceParent.context(bytes(SAMPLED), bytes(state));
    assertThat(span.isSampled()).isTrue();
    return span.getTraceState().size();
  }

  /** What most records say costs nothing. */
  @Test
  void shouldReadWithoutMemory() {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    byte[] unsampled = bytes(SAMPLED.substring(0, SAMPLED.length() - 1) + "0");
    byte[] malformed = bytes(SAMPLED.replace('-', '_'));
    int says = 0;
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 10_000; i++) {
      if (TraceParent.read(unsampled) == TraceParent.Says.UNSAMPLED
          && TraceParent.read(malformed) == TraceParent.Says.NOTHING) {
        says++;
      }
    }
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertThat(says).isEqualTo(10_000);
    assertThat(allocated).isLessThan(10_000); // what the management bean itself takes
  }
}
