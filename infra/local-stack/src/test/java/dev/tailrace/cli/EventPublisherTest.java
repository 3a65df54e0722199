package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.v1.Event;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class EventPublisherTest {
  private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");
  private static final Event EVENT =
      Event.newBuilder().setId("e").addChannels("scores").setType("goal").build();

  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final EventPublisher publisher =
      new EventPublisher(producer, "ingress", Clock.fixed(NOW, ZoneOffset.UTC));

  @Test
  void shouldWriteTheEventWithTheTimeOfNow() throws Exception {
    publisher.publish(EVENT);

    ProducerRecord<byte[], byte[]> record = producer.history().getFirst();
    assertThat(record.topic()).isEqualTo("ingress");
    assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo("scores");
    Event written = Event.parseFrom(record.value());
    assertThat(written.getTime().getSeconds()).isEqualTo(NOW.getEpochSecond());
    assertThat(written.toBuilder().clearTime().build()).isEqualTo(EVENT);
  }

  @Test
  void shouldNumberTheIdsOfALoad() throws Exception {
    publisher.publish(EVENT, 3, 0);

    assertThat(ids()).containsExactly("e-1", "e-2", "e-3");
  }

  @Test
  void shouldWriteAllOfALoadThatHasARate() throws Exception {
    publisher.publish(EVENT, 25, 1_000);

    assertThat(ids()).hasSize(25).startsWith("e-1").endsWith("e-25");
  }

  @Test
  void shouldEndALoadAtTheFirstFailure() {
    producer.sendException = new RecordTooLargeException("too large");

    assertThatThrownBy(() -> publisher.publish(EVENT, 1_000_000, 100))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("too large");
  }

  @Test
  void shouldSayWhatToLookAtWhenKafkaDoesNotAnswer() {
    MockProducer<byte[], byte[]> silent =
        new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
    EventPublisher waiting =
        new EventPublisher(silent, "ingress", Clock.fixed(NOW, ZoneOffset.UTC));
    Thread failing =
        Thread.startVirtualThread(
            () -> {
              while (!silent.errorNext(new TimeoutException("not in metadata"))) {
                Thread.onSpinWait();
              }
            });

    assertThatThrownBy(() -> waiting.publish(EVENT))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("--kafka-bootstrap-servers")
        .hasMessageContaining("ingress");
    assertThat(failing).isNotNull();
  }

  private List<String> ids() throws Exception {
    List<String> ids = new java.util.ArrayList<>();
    for (ProducerRecord<byte[], byte[]> record : producer.history()) {
      ids.add(Event.parseFrom(record.value()).getId());
    }
    return ids;
  }
}
