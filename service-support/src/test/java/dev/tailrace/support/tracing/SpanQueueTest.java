package dev.tailrace.support.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

class SpanQueueTest {
  private final LongAdder exported = new LongAdder();
  private final LongAdder dropped = new LongAdder();

  /** A collector that answers when it is let, and as it is told. */
  private static final class Collector implements SpanExporter {
    final CountDownLatch asked = new CountDownLatch(1);
    final CountDownLatch answers = new CountDownLatch(1);
    final List<String> taken = new CopyOnWriteArrayList<>();
    volatile boolean takes = true;
    volatile boolean fails;

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
      asked.countDown();
      try {
        answers.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return CompletableResultCode.ofFailure();
      }
      if (fails) {
        throw new IllegalStateException("a fault of the exporter's own");
      }
      spans.forEach(span -> taken.add(span.getName()));
      return takes ? CompletableResultCode.ofSuccess() : CompletableResultCode.ofFailure();
    }

    @Override
    public CompletableResultCode flush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      return CompletableResultCode.ofSuccess();
    }
  }

  private final Collector collector = new Collector();
  private final SpanQueue queue =
      new SpanQueue(collector, "the collector", 16, exported, dropped).start();
  private final Tracer tracer =
      SdkTracerProvider.builder().addSpanProcessor(queue).build().get("test");

  private void end(int spans) {
    for (int i = 0; i < spans; i++) {
      tracer.spanBuilder("span " + i).startSpan().end();
    }
  }

  @Test
  void shouldSendWhatWaitsBeforeItCloses() {
    collector.answers.countDown();
    end(16);
    queue.close();
    assertThat(collector.taken).hasSize(16).startsWith("span 0").endsWith("span 15");
    assertThat(exported.sum()).isEqualTo(16);
    assertThat(dropped.sum()).isZero();
  }

  @Test
  void shouldDropAndCountWhatHasNoRoomWhileTheCollectorHangs() throws Exception {
    end(1);
    collector.asked.await(); // holds the first
    end(16 + 5);
    assertThat(dropped.sum()).isEqualTo(5);
    collector.answers.countDown();
    queue.close();
    assertThat(exported.sum()).isEqualTo(17);
    assertThat(dropped.sum()).isEqualTo(5);
  }

  @Test
  void shouldCountWhatTheCollectorRefusesAndGoOn() {
    collector.answers.countDown();
    collector.takes = false;
    end(3);
    await().until(() -> dropped.sum() == 3);
    collector.fails = true;
    end(2);
    await().until(() -> dropped.sum() == 5);
    collector.fails = false;
    collector.takes = true;
    end(4);
    await().until(() -> exported.sum() == 4);
    queue.close();
    assertThat(dropped.sum()).isEqualTo(5);
  }

  @Test
  void shouldNotWaitForEverForACollectorThatHangs() {
    end(10);
    queue.close();
    assertThat(exported.sum()).isZero();
    assertThat(dropped.sum()).isEqualTo(10);
  }
}
