package dev.tailrace.dispatcher.pump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class LaneProducerTest {
  private final MockProducer<byte[], byte[]> kafka =
      new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final List<Long> acknowledged = new ArrayList<>();
  private final LaneProducer producer =
      new LaneProducer(
          kafka,
          Clock.fixed(Instant.ofEpochMilli(5_000), ZoneOffset.UTC),
          event -> acknowledged.add(event.pollMs()));

  @Test
  void shouldCountAnEventAsAcknowledgedAfterItsLastCopy() {
    SourceEvent event = new SourceEvent(3, 4_000, 4_000);
    producer.send(record(), event);
    producer.send(record(), event);
    producer.allSent(event);
    assertThat(producer.inFlightBytes()).isEqualTo(2 * LaneProducer.sizeBytes(record()));
    kafka.completeNext();
    assertThat(event.isAcknowledged()).isFalse();
    kafka.completeNext();
    assertThat(event.isAcknowledged()).isTrue();
    assertThat(acknowledged).containsExactly(4_000L);
    assertThat(producer.inFlightBytes()).isZero();
    assertThat(producer.hasAcknowledged()).isTrue();
  }

  @Test
  void shouldCloseAtTheFirstFailureSoThatNothingPasses() {
    SourceEvent failed = new SourceEvent(3, 4_000, 4_000);
    SourceEvent later = new SourceEvent(4, 4_000, 4_000);
    producer.send(record(), failed);
    producer.allSent(failed);
    kafka.errorNext(new InvalidTimestampException("too old"));

    assertThat(kafka.closed()).isTrue();
    assertThat(failed.isAcknowledged()).isFalse();
    assertThat(producer.failure().recordAgeMs()).isEqualTo(1_000);
    assertThatThrownBy(() -> producer.send(record(), later))
        .isInstanceOf(PumpStoppedException.class)
        .hasMessage("a delivery was not written: too old");
    assertThatThrownBy(producer::check).isInstanceOf(PumpStoppedException.class);
    assertThat(producer.await(() -> false, Duration.ofDays(1))).isFalse();
    assertThat(later.isAcknowledged()).isFalse();
  }

  private static ProducerRecord<byte[], byte[]> record() {
    return new ProducerRecord<>("lane", 0, 4_000L, null, new byte[100]);
  }
}
