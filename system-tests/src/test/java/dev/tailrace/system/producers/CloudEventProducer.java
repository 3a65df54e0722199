package dev.tailrace.system.producers;

import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.kafka.CloudEventSerializer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

public final class CloudEventProducer {
  public static void main(String[] args) throws Exception {
    String brokers = args.length > 0 ? args[0] : "127.0.0.1:9092";
    CloudEvent event =
        CloudEventBuilder.v1()
            .withId(UUID.randomUUID().toString())
            .withSource(URI.create("/stadium/7"))
            .withType("com.example.goal")
            .withExtension("tailracechannel", "scores")
            .withData(
                "application/json", "{\"home\":1,\"by\":\"java\"}".getBytes(StandardCharsets.UTF_8))
            .build();
    try (KafkaProducer<String, CloudEvent> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", brokers),
            new StringSerializer(),
            new CloudEventSerializer())) {
      producer.send(new ProducerRecord<>("tailrace.events", "scores", event)).get();
    }
  }
}
