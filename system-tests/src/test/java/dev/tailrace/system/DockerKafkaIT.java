package dev.tailrace.system;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.kafka.KafkaContainer;

/** On Kafka's official image. */
class DockerKafkaIT extends FanOutContract {
  private static final String IMAGE = "apache/kafka:4.3.1";
  private static Platform platform;

  @BeforeAll
  static void start() throws Exception {
    Assumptions.assumeTrue(
        DockerClientFactory.instance().isDockerAvailable(), "there is no Docker engine here");
    KafkaContainer kafka = new KafkaContainer(IMAGE);
    kafka.start();
    platform = Platform.start(kafka, kafka.getBootstrapServers());
  }

  @AfterAll
  static void stop() {
    if (platform != null) {
      platform.close();
    }
  }

  @Override
  Platform platform() {
    return platform;
  }
}
