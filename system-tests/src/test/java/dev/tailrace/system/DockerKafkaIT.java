package dev.tailrace.system;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** On Kafka's official image. */
class DockerKafkaIT extends FanOutContract {
  private static Platform platform;

  @BeforeAll
  static void start() throws Exception {
    platform = DockerKafka.startPlatform();
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
