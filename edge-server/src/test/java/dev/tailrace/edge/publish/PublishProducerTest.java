package dev.tailrace.edge.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.edge.metrics.EdgeMetrics;
import dev.tailrace.edge.publish.PublishResult.Acknowledged;
import dev.tailrace.edge.publish.PublishResult.RefusalReason;
import dev.tailrace.edge.publish.PublishResult.Refused;
import dev.tailrace.v1.Event;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PublishProducerTest {
  private final EdgeMetrics metrics = new EdgeMetrics();
  private final List<MockProducer<byte[], byte[]>> made = new CopyOnWriteArrayList<>();
  private final BlockingQueue<String> ended = new LinkedBlockingQueue<>();
  private volatile @Nullable Throwable thrown;
  private PublishProducer producer;

  @AfterEach
  void close() {
    producer.close();
    metrics.close();
  }

  @Test
  void shouldWriteTheEventUnderItsIdAndTellWhereItLies() {
    start(new PublishConfig("in", Duration.ofSeconds(10), 10, 10_000));
    CompletionStage<PublishResult> answer = producer.offer(event("e1"), PublishTrace.NONE);
    awaitSent(1);
    assertThat(answer.toCompletableFuture()).isNotDone();
    assertThat(made.getFirst().completeNext()).isTrue();

    assertThat(result(answer)).isEqualTo(new Acknowledged("e1", 0, 0));
    assertThat(made.getFirst().history().getFirst().key()).asString().isEqualTo("e1");
    assertThat(made.getFirst().history().getFirst().value()).isEqualTo(event("e1").toByteArray());
    assertThat(producer.inFlight()).isZero();
    assertThat(metrics.snapshot().publishedEvents()).isEqualTo(1);
  }

  @Test
  void shouldRefuseAtItsBoundsAndTakeMoreWhenThereIsRoomAgain() {
    start(new PublishConfig("in", Duration.ofSeconds(10), 1, 10_000));
    CompletionStage<PublishResult> first = producer.offer(event("e1"), PublishTrace.NONE);
    awaitSent(1);
    assertThat(refusal(producer.offer(event("e2"), PublishTrace.NONE)))
        .isEqualTo(RefusalReason.BUSY);
    assertThat(made.getFirst().completeNext()).isTrue();
    assertThat(result(first)).isInstanceOf(Acknowledged.class);
    CompletionStage<PublishResult> third = producer.offer(event("e3"), PublishTrace.NONE);
    awaitSent(2);
    assertThat(made.getFirst().completeNext()).isTrue();
    assertThat(result(third)).isInstanceOf(Acknowledged.class);
  }

  @Test
  void shouldBoundBytesToo() {
    int bytes = event("e1").getSerializedSize();
    start(new PublishConfig("in", Duration.ofSeconds(10), 10, bytes));
    CompletionStage<PublishResult> _ = producer.offer(event("e1"), PublishTrace.NONE);
    assertThat(refusal(producer.offer(event("e2"), PublishTrace.NONE)))
        .isEqualTo(RefusalReason.BUSY);
  }

  @Test
  void shouldGiveUpWaitingButKeepTheRoomUntilKafkaIsDone() {
    start(new PublishConfig("in", Duration.ofSeconds(2), 1, 10_000));
    CompletionStage<PublishResult> late = producer.offer(event("e1"), PublishTrace.NONE);
    awaitSent(1);
    assertThat(refusal(late)).isEqualTo(RefusalReason.TIMEOUT);
    assertThat(refusal(producer.offer(event("e2"), PublishTrace.NONE)))
        .isEqualTo(RefusalReason.BUSY);
    assertThat(made.getFirst().completeNext()).isTrue();
    assertThat(producer.inFlight()).isZero();
  }

  @Test
  void shouldTellARecordThatIsTooLargeFromAKafkaThatFails() {
    start(new PublishConfig("in", Duration.ofSeconds(10), 10, 10_000));
    CompletionStage<PublishResult> large = producer.offer(event("e1"), PublishTrace.NONE);
    awaitSent(1);
    assertThat(made.getFirst().errorNext(new RecordTooLargeException("no"))).isTrue();
    assertThat(refusal(large)).isEqualTo(RefusalReason.TOO_LARGE);
    CompletionStage<PublishResult> failed = producer.offer(event("e2"), PublishTrace.NONE);
    awaitSent(2);
    assertThat(made.getFirst().errorNext(new KafkaException("no"))).isTrue();
    assertThat(refusal(failed)).isEqualTo(RefusalReason.KAFKA);
  }

  @Test
  void shouldMakeANewProducerWhenOneHasFailedForGood() {
    start(new PublishConfig("in", Duration.ofSeconds(10), 10, 10_000));
    made.getFirst().sendException = new KafkaException("fatal");
    assertThat(refusal(producer.offer(event("e1"), PublishTrace.NONE)))
        .isEqualTo(RefusalReason.KAFKA);
    CompletionStage<PublishResult> next = producer.offer(event("e2"), PublishTrace.NONE);
    await().until(() -> made.size() == 2 && !made.get(1).history().isEmpty());
    assertThat(made.getFirst().closed()).isTrue();
    assertThat(made.get(1).completeNext()).isTrue();
    assertThat(result(next)).isInstanceOf(Acknowledged.class);
  }

  @Test
  void shouldGoOnAfterAnExceptionNobodyForesaw() {
    start(new PublishConfig("in", Duration.ofSeconds(10), 10, 10_000));
    thrown = new ClassCastException("for a test");
    assertThat(refusal(producer.offer(event("e1"), PublishTrace.NONE)))
        .isEqualTo(RefusalReason.KAFKA);
    thrown = null;
    CompletionStage<PublishResult> next = producer.offer(event("e2"), PublishTrace.NONE);
    await().until(() -> made.size() == 2 && !made.get(1).history().isEmpty());
    assertThat(made.get(1).completeNext()).isTrue();
    assertThat(result(next)).isInstanceOf(Acknowledged.class);
    assertThat(ended).isEmpty();
  }

  @Test
  void shouldSayThatTheProcessMustEndAfterAnError() throws InterruptedException {
    start(new PublishConfig("in", Duration.ofSeconds(10), 10, 10_000));
    thrown = new OutOfMemoryError("for a test");
    CompletionStage<PublishResult> _ = producer.offer(event("e1"), PublishTrace.NONE);
    assertThat(ended.poll(60, TimeUnit.SECONDS))
        .isEqualTo("edge-publish: java.lang.OutOfMemoryError: for a test");
  }

  @Test
  void shouldRefuseEverythingOnceItStops() {
    start(new PublishConfig("in", Duration.ofSeconds(10), 10, 10_000));
    producer.close();
    assertThat(refusal(producer.offer(event("e1"), PublishTrace.NONE)))
        .isEqualTo(RefusalReason.STOPPING);
    assertThat(made.getFirst().closed()).isTrue();
  }

  private void start(PublishConfig config) {
    producer =
        PublishProducer.start(
            config,
            metrics.publish(),
            InstantSource.system(),
            () -> {
              var mock = new FailingProducer();
              made.add(mock);
              return mock;
            },
            (thread, error) -> ended.add(thread + ": " + error));
  }

  /** Throws what the test wants thrown. */
  private final class FailingProducer extends MockProducer<byte[], byte[]> {
    FailingProducer() {
      super(false, null, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public synchronized Future<RecordMetadata> send(
        ProducerRecord<byte[], byte[]> record, Callback callback) {
      Throwable now = thrown;
      if (now instanceof Error error) {
        throw error;
      }
      if (now instanceof RuntimeException exception) {
        throw exception;
      }
      return super.send(record, callback);
    }
  }

  private void awaitSent(int count) {
    await().until(() -> made.getFirst().history().size() == count);
  }

  private static RefusalReason refusal(CompletionStage<PublishResult> answer) {
    return ((Refused) result(answer)).reason();
  }

  private static PublishResult result(CompletionStage<PublishResult> answer) {
    return answer.toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
  }

  private static Event event(String id) {
    return Event.newBuilder().setId(id).addChannels("a").build();
  }
}
