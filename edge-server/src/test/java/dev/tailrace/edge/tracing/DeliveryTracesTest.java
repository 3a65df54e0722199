package dev.tailrace.edge.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.log.LogEntry;
import dev.tailrace.edge.log.TraceMark;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.support.tracing.Tracing;
import dev.tailrace.testing.RecordedSpans;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeliveryTracesTest {
  private static final LanePartition PARTITION = new LanePartition(Lane.CHANNELS, 1, 3);
  private static final byte[] PARENT =
      "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
          .getBytes(StandardCharsets.ISO_8859_1);

  private final RecordedSpans spans = new RecordedSpans();
  private final Tracing tracing = Tracing.to(spans.tracer(), InstantSource.system());
  private final DeliveryTraces traces = new DeliveryTraces(tracing);

  private static LogEntry marked(long offset) {
    LogEntry entry = new LogEntry(PARTITION, offset, 0, -1, "c", List.of(), "", false, new byte[0]);
    entry.setTrace(new TraceMark(PARENT, null, 1));
    return entry;
  }

  @Test
  void shouldBeginNoMoreThanSomeInARoundAndCountTheRest() {
    for (int i = 0; i < DeliveryTraces.MOST_OPEN + 5; i++) {
      traces.swept(marked(i), 1);
    }
    traces.endRound();
    assertThat(spans.ended()).hasSize(DeliveryTraces.MOST_OPEN);
    assertThat(tracing.dropped()).isEqualTo(5);

    traces.swept(marked(1), 1);
    traces.endRound();
    assertThat(spans.ended()).hasSize(DeliveryTraces.MOST_OPEN + 1);
  }

  @Test
  void shouldPassOverWhatWasSweptInAnotherRound() {
    LogEntry entry = marked(1);
    traces.swept(entry, 2);
    traces.endRound();
    traces.wrote(entry);
    traces.flushed();
    traces.endRound();
    assertThat(spans.ended())
        .singleElement()
        .satisfies(span -> assertThat(span.values()).containsEntry("tailrace.deliveries", 0L));
  }

  @Test
  void shouldCountWhatAMarkTakesAgainstTheWindow() {
    LogEntry plain = new LogEntry(PARTITION, 1, 0, -1, "c", List.of(), "", false, new byte[0]);
    assertThat(marked(1).weight()).isGreaterThan(plain.weight() + PARENT.length);
  }
}
