package dev.tailrace.cli;

import dev.tailrace.infra.kafka.EmbeddedKafkaCluster;
import dev.tailrace.infra.local.BrokerSettings;
import dev.tailrace.infra.local.DevStack;
import dev.tailrace.infra.local.StopSignal;
import dev.tailrace.support.config.Settings;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Command;

/**
 * Runs the embedded Kafka alone.
 *
 * <p>Threading: the main thread's.
 */
@Command(
    name = "broker",
    description =
        "Runs Kafka on 127.0.0.1, of one broker or of several: real Kafka, for development. Any"
            + " other Kafka does as well.",
    footer = {
      "Examples: one broker that keeps its records in data/kafka; three, and topics with replicas:",
      "  ./tailrace broker --broker-data data/kafka",
      "  ./tailrace broker --broker-count 3"
    })
final class BrokerCommand extends LongRunning {
  @Override
  AutoCloseable start(Settings settings, StopSignal signal) {
    String data = settings.get(BrokerSettings.DATA);
    int count = settings.get(BrokerSettings.COUNT);
    if (count > 1) {
      say("starting %d brokers".formatted(count));
    }
    EmbeddedKafkaCluster kafka =
        EmbeddedKafkaCluster.start(
            count,
            settings.get(BrokerSettings.PORT),
            data.isEmpty() ? null : Path.of(data),
            Map.of());
    say(DevStack.BROKER_READY + kafka.bootstrapServers());
    return kafka;
  }

  @Override
  String process(Settings settings) {
    return name();
  }
}
