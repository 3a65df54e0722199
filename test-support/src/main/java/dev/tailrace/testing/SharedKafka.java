package dev.tailrace.testing;

import dev.tailrace.infra.kafka.EmbeddedKafka;
import org.jspecify.annotations.Nullable;

/**
 * One embedded broker for all the tests of a JVM: started at first use, stopped with the JVM. Tests
 * that share it use topics of their own (see {@link KafkaTopics}); a test that stops its broker or
 * needs the platform's topics for itself starts an {@link EmbeddedKafka} of its own.
 */
public final class SharedKafka {
  private static @Nullable EmbeddedKafka broker;

  private SharedKafka() {}

  /** Its address. */
  public static synchronized String bootstrapServers() {
    EmbeddedKafka running = broker;
    if (running == null) {
      running = EmbeddedKafka.start();
      broker = running;
      Runtime.getRuntime().addShutdownHook(new Thread(running::close, "shared-kafka-stop"));
    }
    return running.bootstrapServers();
  }
}
