package dev.tailrace.testing;

import com.google.protobuf.ByteString;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.v1.Delivery;
import dev.tailrace.v1.Event;
import dev.tailrace.v1.SourceStamp;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes deliveries to the lanes as a dispatcher does, with stamps that rise, for tests of who
 * reads them. Every writer is a source of its own.
 *
 * <p>Threading: one test thread.
 */
public final class LaneWriter implements AutoCloseable {
  private final KafkaProducer<byte[], byte[]> producer;
  private final SlotMap slots;
  private final ByteString topicId = randomTopicId();
  private long offset;

  /** Writes to lanes of so many partitions. */
  public LaneWriter(String bootstrapServers, int userPartitions, int channelPartitions) {
    producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers", bootstrapServers, "linger.ms", 0, "max.request.size", 2 << 20),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    slots = SlotMap.initial(userPartitions, channelPartitions);
  }

  private static ByteString randomTopicId() {
    UUID id = UUID.randomUUID();
    return ByteString.copyFrom(
        ByteBuffer.allocate(16)
            .putLong(id.getMostSignificantBits())
            .putLong(id.getLeastSignificantBits())
            .flip());
  }

  /** Which partitions addresses lie on. */
  public SlotMap slots() {
    return slots;
  }

  /** The next delivery for a channel, not written yet. */
  public Delivery forChannel(String channel, Event event) {
    return next().setChannel(channel).setEvent(event).build();
  }

  /** The next delivery for users who share a partition, not written yet. */
  public Delivery forUsers(List<String> users, Event event) {
    return next().addAllUsers(users).setEvent(event).build();
  }

  private Delivery.Builder next() {
    return Delivery.newBuilder()
        .setSource(SourceStamp.newBuilder().setTopicId(topicId).setOffset(offset++))
        .setSlotMapVersion(slots.version());
  }

  /** Writes an event for a channel; returns when Kafka has acknowledged it. */
  public RecordMetadata toChannel(String channel, Event event) {
    return write(forChannel(channel, event));
  }

  /** The same, as if it had been written at that time. */
  public RecordMetadata toChannel(String channel, Event event, Instant at) {
    return write(
        slots.channelPartition(channel),
        at.toEpochMilli(),
        forChannel(channel, event).toByteArray());
  }

  /** Writes an event for a user; returns when Kafka has acknowledged it. */
  public RecordMetadata toUser(String user, Event event) {
    return write(forUsers(List.of(user), event));
  }

  /** Writes a delivery, be it for the first time or again. */
  public RecordMetadata write(Delivery delivery) {
    LanePartition partition =
        delivery.getChannel().isEmpty()
            ? slots.userPartition(delivery.getUsers(0))
            : slots.channelPartition(delivery.getChannel());
    return write(partition, delivery.toByteArray());
  }

  /** Writes any bytes to a lane partition. */
  public RecordMetadata write(LanePartition partition, byte[] value) {
    return write(partition, null, value);
  }

  private RecordMetadata write(LanePartition partition, @Nullable Long timeMs, byte[] value) {
    try {
      return producer
          .send(new ProducerRecord<>(partition.topic(), partition.partition(), timeMs, null, value))
          .get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the lane did not take a record", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    producer.close();
  }
}
