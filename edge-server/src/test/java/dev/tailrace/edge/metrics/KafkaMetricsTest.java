package dev.tailrace.edge.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KafkaMetricsTest {
  private static final String NO_BROKER = "127.0.0.1:1";
  private static final int ENOUGH = 150;

  private final EdgeMetrics metrics = new EdgeMetrics();

  @AfterEach
  void close() {
    metrics.close();
  }

  @Test
  void shouldShowAConsumer() {
    try (Consumer<byte[], byte[]> consumer = consumer("one")) {
      metrics.kafka().show("tail", consumer);

      assertThat(ofKafka())
          .anyMatch(line -> line.startsWith("kafka_consumer_") && line.contains("\"one\""))
          .hasSizeLessThan(ENOUGH);
    }
  }

  @Test
  void shouldShowNothingOfSinglePartitionsAndBrokers() {
    try (MockProducer<byte[], byte[]> client = new MockProducer<>()) {
      setMetric(client, "whole", Map.of("client-id", "c"));
      setMetric(client, "part", Map.of("client-id", "c", "topic", "t", "partition", "1"));
      setMetric(client, "node", Map.of("client-id", "c", "node-id", "n1"));

      metrics.kafka().show("publish", client);

      assertThat(ofKafka()).singleElement().asString().startsWith("kafka_producer_whole");
    }
  }

  @Test
  void shouldShowAProducerInThePlaceOfTheLastOne() {
    try (Producer<byte[], byte[]> first = producer("first");
        Producer<byte[], byte[]> second = producer("second")) {
      assertThat(metrics.publish().show(first)).isSameAs(first);
      assertThat(ofKafka()).anyMatch(line -> line.contains("\"first\""));

      metrics.publish().show(second);

      assertThat(ofKafka())
          .noneMatch(line -> line.contains("\"first\""))
          .anyMatch(line -> line.startsWith("kafka_producer_") && line.contains("\"second\""));
    }
  }

  private List<String> ofKafka() {
    return metrics.scrape().lines().filter(line -> line.startsWith("kafka_")).toList();
  }

  private static void setMetric(MockProducer<?, ?> client, String name, Map<String, String> tags) {
    MetricName metricName = new MetricName(name, "producer-metrics", "", tags);
    client.setMockMetrics(
        metricName,
        new Metric() {
          @Override
          public MetricName metricName() {
            return metricName;
          }

          @Override
          public Object metricValue() {
            return 1.0;
          }
        });
  }

  private static Consumer<byte[], byte[]> consumer(String clientId) {
    return new KafkaConsumer<>(
        Map.of("bootstrap.servers", NO_BROKER, "client.id", clientId),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  private static Producer<byte[], byte[]> producer(String clientId) {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", NO_BROKER, "client.id", clientId),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }
}
