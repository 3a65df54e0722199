package dev.tailrace.support.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Duration;
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

  /** One that closes once all is sent, however slow that is here. */
  private SpanQueue patient() {
    return startQueue(Duration.ofSeconds(30));
  }

  private SpanQueue startQueue(Duration closeTimeout) {
    return new SpanQueue(collector, "the collector", 16, exported, dropped, closeTimeout).start();
  }

  private static void end(SpanQueue queue, int spans) {
    Tracer tracer = SdkTracerProvider.builder().addSpanProcessor(queue).build().get("test");
    for (int i = 0; i < spans; i++) {
      tracer.spanBuilder("span " + i).startSpan().end();
    }
  }

  @Test
  void shouldSendWhatWaitsBeforeItCloses() {
    SpanQueue queue = patient();
    collector.answers.countDown();
    end(queue, 16);
    queue.close();
    assertThat(collector.taken).hasSize(16).startsWith("span 0").endsWith("span 15");
    assertThat(exported.sum()).isEqualTo(16);
    assertThat(dropped.sum()).isZero();
  }

  @Test
  void shouldDropAndCountWhatHasNoRoomWhileTheCollectorHangs() throws Exception {
    SpanQueue queue = patient();
    end(queue, 1);
    collector.asked.await(); // holds the first
    end(queue, 16 + 5);
    assertThat(dropped.sum()).isEqualTo(5);
    collector.answers.countDown();
    queue.close();
    assertThat(exported.sum()).isEqualTo(17);
    assertThat(dropped.sum()).isEqualTo(5);
  }

  @Test
  void shouldCountWhatTheCollectorRefusesAndGoOn() {
    SpanQueue queue = patient();
    collector.answers.countDown();
    collector.takes = false;
    end(queue, 3);
    await().until(() -> dropped.sum() == 3);
    collector.fails = true;
    end(queue, 2);
    await().until(() -> dropped.sum() == 5);
    collector.fails = false;
    collector.takes = true;
    end(queue, 4);
    await().until(() -> exported.sum() == 4);
    queue.close();
    assertThat(dropped.sum()).isEqualTo(5);
  }

  @Test
  void shouldNotWaitForEverForACollectorThatHangs() throws Exception {
    SpanQueue queue = startQueue(Duration.ofSeconds(3)); // also for the thread to hear of its end
    end(queue, 10);
    collector.asked.await();
    queue.close();
    assertThat(exported.sum()).isZero();
    assertThat(dropped.sum()).isEqualTo(10);
  }
}
