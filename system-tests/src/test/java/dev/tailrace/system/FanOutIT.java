package dev.tailrace.system;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** On the embedded Kafka. */
class FanOutIT extends FanOutContract {
  private static Platform platform;

  @BeforeAll
  static void start() throws Exception {
    platform = Platform.start();
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
