package dev.tailrace.infra.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.schemas.Topics;
import dev.tailrace.v1.Event;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class SampleProducerTest {
  @Test
  void shouldWriteEventsToTheIngressTopicWithKeysThatSayNothing() throws Exception {
    MockProducer<byte[], byte[]> producer =
        new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    Instant now = Instant.parse("2026-11-24T10:00:00Z");
    SampleProducer samples =
        new SampleProducer(
            producer, RandomGenerator.getDefault(), Clock.fixed(now, ZoneOffset.UTC));

    samples.write(3);
    samples.close();

    assertThat(producer.history()).hasSize(3);
    assertThat(producer.history())
        .allSatisfy(
            record -> {
              assertThat(record.topic()).isEqualTo(Topics.EVENTS);
              assertThat(record.key()).hasSize(8);
              assertThat(Event.parseFrom(record.value()).getTime().getSeconds())
                  .isEqualTo(now.getEpochSecond());
            });
    assertThat(producer.closed()).isTrue();
  }
}
