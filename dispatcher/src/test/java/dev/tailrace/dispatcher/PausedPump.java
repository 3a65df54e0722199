package dev.tailrace.dispatcher;

import dev.tailrace.dispatcher.ingress.EventReader;
import dev.tailrace.dispatcher.ingress.IngressRecord;
import dev.tailrace.dispatcher.routing.LaneRecord;
import dev.tailrace.dispatcher.routing.RouteDecision;
import dev.tailrace.dispatcher.routing.Router;
import dev.tailrace.dispatcher.routing.SourcePartition;
import dev.tailrace.schemas.EventLimits;
import dev.tailrace.schemas.SourceId;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.slots.SlotsFollower;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Does what a pump does that was paused for longer than its session and goes on past a fence that
 * it has not heard of: reads on from there and writes by the version before.
 */
final class PausedPump implements AutoCloseable {
  private static final int MOST_RECORDS = 100;

  private final SlotsFollower slots;
  private final Router router =
      new Router(new EventReader(List.of()), EventLimits.DEFAULT, 1 << 20);
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final KafkaProducer<byte[], byte[]> producer;
  private final UUID topicId;
  private int version;
  private int written;
  private int writtenBefore;

  PausedPump(String bootstrapServers, SlotsFollower slots) throws Exception {
    this.slots = slots;
    Map<String, Object> config = Map.of("bootstrap.servers", bootstrapServers);
    consumer =
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    try (Admin admin = Admin.create(config)) {
      Uuid id =
          admin
              .describeTopics(List.of(Topics.EVENTS))
              .allTopicNames()
              .get()
              .get(Topics.EVENTS)
              .topicId();
      topicId = new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }
  }

  /** Reads on from this version's fence, once there is one, for a while. */
  void goOn(int next) {
    Map<SourceId, Long> fence = slots.get().fence(next);
    if (fence == null) {
      return;
    }
    if (version != next) {
      version = next;
      writtenBefore = written;
      consumer.assign(
          fence.keySet().stream()
              .map(source -> new TopicPartition(Topics.EVENTS, source.partition()))
              .toList());
      fence.forEach(
          (source, first) ->
              consumer.seek(new TopicPartition(Topics.EVENTS, source.partition()), first));
    }
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(5))) {
      if (record.value() != null && written < MOST_RECORDS * version) {
        write(record);
      }
    }
  }

  private void write(ConsumerRecord<byte[], byte[]> record) {
    SourcePartition source = SourcePartition.of(Topics.EVENTS, topicId, record.partition());
    RouteDecision decision =
        router.route(
            source,
            record.offset(),
            IngressRecord.of(record.value()),
            slots.get().map(version - 1));
    if (decision instanceof RouteDecision.Deliver deliver) {
      for (LaneRecord lane : deliver.records()) {
        var _ =
            producer.send(
                new ProducerRecord<>(
                    lane.lanePartition().topic(),
                    lane.lanePartition().partition(),
                    null,
                    lane.value()));
        written++;
      }
    }
  }

  /** Whether it has written past the newest fence that it was told of. */
  boolean hasWritten() {
    return written > writtenBefore;
  }

  /** How many records it has written. */
  int written() {
    producer.flush();
    return written;
  }

  @Override
  public void close() {
    producer.close();
    consumer.close();
  }
}
