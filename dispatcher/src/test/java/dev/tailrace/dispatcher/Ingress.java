package dev.tailrace.dispatcher;

import com.google.protobuf.ByteString;
import dev.tailrace.schemas.Topics;
import dev.tailrace.v1.Event;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * An outside producer: plain kafka-clients, any key, any partition. Numbers its events per channel
 * and remembers them, so that a test can ask for what must have arrived.
 */
final class Ingress implements AutoCloseable {
  private final String topic;
  private final KafkaProducer<byte[], byte[]> producer;
  private final Map<String, List<String>> sent = new HashMap<>();
  private final List<Future<RecordMetadata>> pending = new ArrayList<>();

  Ingress(String bootstrapServers) {
    this(bootstrapServers, Map.of());
  }

  Ingress(String bootstrapServers, Map<String, Object> overrides) {
    this(bootstrapServers, Topics.EVENTS, overrides);
  }

  Ingress(String bootstrapServers, String topic, Map<String, Object> overrides) {
    this.topic = topic;
    Map<String, Object> config = new HashMap<>();
    config.put("bootstrap.servers", bootstrapServers);
    config.put("acks", "all");
    config.put("delivery.timeout.ms", 300_000);
    config.put("max.block.ms", 300_000L);
    config.putAll(overrides);
    producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
  }

  KafkaProducer<byte[], byte[]> producer() {
    return producer;
  }

  /** The next event of these channels and of the user of each name, to this partition. */
  void send(int partition, String... names) {
    Event.Builder event = Event.newBuilder();
    List<String> parts = new ArrayList<>();
    for (String name : names) {
      event.addChannels(name).addUsers("user-of-" + name);
      List<String> before = sent.computeIfAbsent(name, n -> new ArrayList<>());
      parts.add(name + "#" + before.size());
    }
    String id = String.join(",", parts);
    for (String name : names) {
      sent.get(name).add(id);
    }
    raw(partition, event.setId(id).setData(ByteString.copyFromUtf8(id)).build().toByteArray());
  }

  /** So many events over all three partitions, each partition with channels of its own. */
  void spread(int events) {
    for (int i = 0; i < events; i++) {
      int partition = i % 3;
      String name = "p" + partition + "-" + i % 4;
      if (i % 7 == 0) {
        send(partition, name, "p" + partition + "-both");
      } else {
        send(partition, name);
      }
    }
  }

  void raw(int partition, byte[] value) {
    raw(partition, null, value);
  }

  void raw(int partition, byte[] key, byte[] value) {
    raw(new ProducerRecord<>(topic, partition, key, value));
  }

  void raw(ProducerRecord<byte[], byte[]> record) {
    pending.add(producer.send(record));
  }

  /** Waits until Kafka has acknowledged everything. */
  void flush() throws Exception {
    for (Future<RecordMetadata> future : pending) {
      future.get();
    }
    pending.clear();
  }

  /** Ids of the events sent to this channel, in order. */
  List<String> sentTo(String name) {
    return List.copyOf(sent.getOrDefault(name, List.of()));
  }

  List<String> names() {
    return List.copyOf(sent.keySet());
  }

  @Override
  public void close() {
    producer.close();
  }
}
