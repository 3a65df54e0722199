package dev.tailrace.cli;

import dev.tailrace.schemas.Channels;
import dev.tailrace.support.control.ControlRecords;
import dev.tailrace.support.kafka.KafkaSettings;
import dev.tailrace.v1.Control;
import java.time.Clock;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Ends present connections once.
 *
 * <p>Threading: the main thread's.
 */
@Command(
    name = "disconnect",
    description =
        "Ends the connections that a user, or everybody, has now, at every edge that reaches Kafka"
            + " within 2 s. They may come back at once; to keep them out, revoke their tokens.",
    footer = {
      "Examples:",
      "  ./tailrace disconnect --user 42",
      "  ./tailrace disconnect --everybody"
    })
final class DisconnectCommand extends ConfiguredCommand {
  @Option(names = "--user", paramLabel = "USER", description = "The user's connections")
  private String user = "";

  @Option(names = "--everybody", description = "All connections")
  private boolean everybody;

  private final Clock clock = Clock.systemUTC();

  @Override
  public Integer call() {
    if (everybody == !user.isEmpty()) {
      throw CommandException.usage("disconnect whom? --user or --everybody");
    }
    if (!everybody && !Channels.isName(user)) {
      throw CommandException.usage("a user is 1-200 bytes of A-Za-z0-9_.:/-");
    }
    KafkaSettings kafka = KafkaSettings.from(settings());
    Instant now = clock.instant();
    Control record = ControlRecords.disconnect(user, "", now);
    try (ControlClient client = ControlClient.connect(kafka)) {
      client.write(record);
      out().println("asked for: the connections of " + (everybody ? "everybody" : "user " + user));
      client.tidy(now, err());
      return 0;
    }
  }
}
