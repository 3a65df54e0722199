package dev.tailrace.edge.desk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.schemas.Topics;
import dev.tailrace.v1.Answer;
import dev.tailrace.v1.Fleet;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is wrong with one answer, the next is written. */
class AnswerWriterTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final AtomicInteger tries = new AtomicInteger();
  private final AtomicInteger producers = new AtomicInteger();
  private volatile RuntimeException trouble = new IllegalStateException("closed meanwhile");
  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer()) {
        @Override
        public synchronized Future<RecordMetadata> send(
            ProducerRecord<byte[], byte[]> one, Callback callback) {
          if (tries.getAndIncrement() == 0) {
            throw trouble;
          }
          return super.send(one, callback);
        }
      };

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldGoOnAfterAnAnswerThatCannotBeWritten(boolean isOfKafka) throws Exception {
    if (isOfKafka) {
      trouble = new TimeoutException("no metadata");
    }
    try (AnswerWriter writer = new AnswerWriter(() -> producer)) {
      writer.offer(answer("q1"));
      writer.offer(answer("q2"));
      await().atMost(PATIENCE).until(() -> !producer.history().isEmpty());
    }

    ProducerRecord<byte[], byte[]> written = producer.history().getFirst();
    assertThat(written.topic()).isEqualTo(Topics.FLEET);
    assertThat(written.partition()).isZero();
    assertThat(new String(written.key(), StandardCharsets.UTF_8)).isEqualTo("answer/q2/edge-1");
    assertThat(Fleet.parseFrom(written.value()).getAnswer()).isEqualTo(answer("q2"));
    assertThat(producer.closed()).isTrue();
  }

  @Test
  void shouldGoOnAfterAProducerThatCannotBeMade() throws Exception {
    tries.set(1);
    try (AnswerWriter writer =
        new AnswerWriter(
            () -> {
              if (producers.getAndIncrement() == 0) {
                throw new IllegalStateException("its password is in a file that is gone");
              }
              return producer;
            })) {
      writer.offer(answer("q1"));
      writer.offer(answer("q2"));
      writer.offer(answer("q3"));
      await().atMost(PATIENCE).until(() -> producer.history().size() == 2);
    }

    assertThat(producers).as("one is enough").hasValue(2);
  }

  private static Answer answer(String inquiry) {
    return Answer.newBuilder().setInquiry(inquiry).setProcess("edge-1").build();
  }
}
