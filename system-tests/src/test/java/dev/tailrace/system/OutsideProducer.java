package dev.tailrace.system;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.tailrace.schemas.Topics;
import dev.tailrace.v1.Event;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * A producer as anyone may write one: Event bytes with plain kafka-clients. The key is the address,
 * so that one address's events stay in one ingress partition, in order.
 *
 * <p>Threading: one test thread.
 */
final class OutsideProducer implements AutoCloseable {
  private final KafkaProducer<String, byte[]> producer;

  OutsideProducer(String bootstrapServers) {
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrapServers, "acks", "all"),
            new StringSerializer(),
            new ByteArraySerializer());
  }

  /** Returns when Kafka has acknowledged it. */
  void toChannel(String channel, String id) throws Exception {
    send(channel, event(id).addChannels(channel).build());
  }

  /** Sends e{from} to e{to - 1}, each when Kafka has acknowledged the one before. */
  void toChannel(String channel, int from, int to) throws Exception {
    for (String id : ids(from, to)) {
      toChannel(channel, id);
    }
  }

  /** The ids of these. */
  static List<String> ids(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "e" + i).toList();
  }

  /** Returns when Kafka has acknowledged it. */
  void toUser(String user, String id) throws Exception {
    send("user " + user, event(id).addUsers(user).build());
  }

  /** Returns when the client has taken it. */
  void offer(String key, Event event) {
    var _ = producer.send(new ProducerRecord<>(Topics.EVENTS, key, event.toByteArray()));
  }

  /** How many partitions a topic has. */
  int partitions(String topic) {
    return producer.partitionsFor(topic).size();
  }

  private static Event.Builder event(String id) {
    Instant now = Instant.now();
    return Event.newBuilder()
        .setId(id)
        .setType("tick")
        .setTime(Timestamp.newBuilder().setSeconds(now.getEpochSecond()).setNanos(now.getNano()))
        .setData(ByteString.copyFromUtf8("{\"id\":\"" + id + "\"}"));
  }

  private void send(String key, Event event) throws Exception {
    producer.send(new ProducerRecord<>(Topics.EVENTS, key, event.toByteArray())).get();
  }

  @Override
  public void close() {
    producer.close();
  }
}
