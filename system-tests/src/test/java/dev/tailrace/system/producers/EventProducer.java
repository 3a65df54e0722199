package dev.tailrace.system.producers;

import com.google.protobuf.ByteString;
import dev.tailrace.v1.Event;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

public final class EventProducer {
  public static void main(String[] args) throws Exception {
    String brokers = args.length > 0 ? args[0] : "127.0.0.1:9092";
    Event event =
        Event.newBuilder()
            .addChannels("scores")
            .setType("goal")
            .setData(ByteString.copyFromUtf8("{\"home\":1,\"by\":\"java\"}"))
            .build();
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", brokers),
            new StringSerializer(),
            new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>("tailrace.events", "scores", event.toByteArray())).get();
    }
  }
}
