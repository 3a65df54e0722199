package dev.tailrace.system.producers;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

public final class JsonProducer {
  public static void main(String[] args) throws Exception {
    String brokers = args.length > 0 ? args[0] : "127.0.0.1:9092";
    ProducerRecord<String, String> goal =
        new ProducerRecord<>("tailrace.events", "scores", "{\"home\":1,\"by\":\"java\"}");
    goal.headers()
        .add("tailrace-channel", "scores".getBytes(StandardCharsets.UTF_8))
        .add("tailrace-user", "42,43".getBytes(StandardCharsets.UTF_8))
        .add("tailrace-type", "goal".getBytes(StandardCharsets.UTF_8))
        .add("content-type", "application/json".getBytes(StandardCharsets.UTF_8));
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", brokers), new StringSerializer(), new StringSerializer())) {
      producer.send(goal).get();
    }
  }
}
