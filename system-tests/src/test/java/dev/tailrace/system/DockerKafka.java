package dev.tailrace.system;

import org.junit.jupiter.api.Assumptions;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.kafka.KafkaContainer;

/** Kafka's official image, where there is a Docker engine. */
final class DockerKafka {
  private static final String IMAGE = "apache/kafka:4.3.1";

  private DockerKafka() {}

  /** Starts a platform on it; without a Docker engine the test is skipped and says so. */
  static Platform startPlatform() throws Exception {
    Assumptions.assumeTrue(
        DockerClientFactory.instance().isDockerAvailable(), "there is no Docker engine here");
    KafkaContainer kafka = new KafkaContainer(IMAGE);
    kafka.start();
    return Platform.start(kafka, kafka.getBootstrapServers());
  }
}
