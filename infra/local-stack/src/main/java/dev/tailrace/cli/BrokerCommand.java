package dev.tailrace.cli;

import dev.tailrace.infra.kafka.EmbeddedKafka;
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
        "Runs a single-node Kafka on 127.0.0.1: real Kafka, for development. Any other Kafka does"
            + " as well.",
    footer = {
      "Example, keeping its records in data/kafka:",
      "  ./tailrace broker --broker-data data/kafka"
    })
final class BrokerCommand extends LongRunning {
  @Override
  AutoCloseable start(StopSignal signal) {
    Settings given = settings();
    String data = given.get(BrokerSettings.DATA);
    EmbeddedKafka kafka =
        EmbeddedKafka.start(
            given.get(BrokerSettings.PORT), data.isEmpty() ? null : Path.of(data), Map.of());
    out().println(DevStack.BROKER_READY + kafka.bootstrapServers());
    return kafka;
  }
}
