package dev.tailrace.system.producers;

import com.google.protobuf.ByteString;
import dev.tailrace.v1.Event;
import java.nio.ByteBuffer;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

public final class SchemaRegistryProducer {
  private static final int PREFIX_BYTES = 6;

  public static void main(String[] args) throws Exception {
    String brokers = args.length > 0 ? args[0] : "127.0.0.1:9092";
    int schemaId = args.length > 1 ? Integer.parseInt(args[1]) : 1;
    byte[] event =
        Event.newBuilder()
            .addChannels("scores")
            .setType("goal")
            .setData(ByteString.copyFromUtf8("{\"home\":1,\"by\":\"java\"}"))
            .build()
            .toByteArray();
    byte[] value =
        ByteBuffer.allocate(PREFIX_BYTES + event.length)
            .put((byte) 0) // the magic byte
            .putInt(schemaId)
            .put((byte) 0) // the first message of the schema
            .put(event)
            .array();
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", brokers),
            new StringSerializer(),
            new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>("tailrace.events", "scores", value)).get();
    }
  }
}
