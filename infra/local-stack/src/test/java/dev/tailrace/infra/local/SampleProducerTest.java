package dev.tailrace.infra.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.v1.Event;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class SampleProducerTest {
  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final Instant now = Instant.parse("2026-11-24T10:00:00Z");
  private final SampleProducer samples =
      new SampleProducer(
          producer,
          "orders",
          new SampleEvents(RandomGenerator.of("L64X128MixRandom")),
          Clock.fixed(now, ZoneOffset.UTC));

  @Test
  void shouldWriteEventsToTheIngressTopic() throws Exception {
    samples.write(3);
    samples.close();

    assertThat(producer.history()).hasSize(3);
    assertThat(producer.history())
        .allSatisfy(
            record -> {
              assertThat(record.topic()).isEqualTo("orders");
              assertThat(Event.parseFrom(record.value()).getTime().getSeconds())
                  .isEqualTo(now.getEpochSecond());
            });
    assertThat(producer.closed()).isTrue();
  }

  @Test
  void shouldKeepTheEventsOfAnAddressInTheirOrderByItsKey() throws Exception {
    samples.write(60);
    samples.close();

    for (ProducerRecord<byte[], byte[]> record : producer.history()) {
      Event event = Event.parseFrom(record.value());
      assertThat(new String(record.key(), StandardCharsets.UTF_8))
          .isEqualTo(event.getUsersCount() > 0 ? event.getUsers(0) : event.getChannels(0));
    }
  }
}
