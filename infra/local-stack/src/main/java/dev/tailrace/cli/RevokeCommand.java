package dev.tailrace.cli;

import com.google.protobuf.Timestamp;
import dev.tailrace.schemas.Channels;
import dev.tailrace.schemas.Printable;
import dev.tailrace.support.control.ControlRecords;
import dev.tailrace.support.kafka.KafkaSettings;
import dev.tailrace.v1.Control;
import dev.tailrace.v1.Revocation;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Revokes tokens that were issued up to now, or their grants for a channel.
 *
 * <p>Threading: the main thread's.
 */
@Command(
    name = "revoke",
    description = {
      "Takes back what was issued up to now: the tokens of a user, one token, everybody's, or"
          + " grants for a channel. Every edge that reaches Kafka applies it within 2 s:"
          + " connections end, and who comes back is refused. A token issued since then is good;"
          + " one that does not say when it was issued (iat) never is, until this is forgotten.",
      "With --undo what was revoked of exactly that is taken back itself."
    },
    footer = {
      "Examples:",
      "  ./tailrace revoke --user 42",
      "  ./tailrace revoke --token-id 2f1c9f0e-5f2b-4c0e-9a57-0c8b5f2d9b11 --expires 24h",
      "  ./tailrace revoke --channel game.7",
      "  ./tailrace revoke --channel game.7 --user 42",
      "  ./tailrace revoke --everybody",
      "  ./tailrace revoke --user 42 --undo"
    })
final class RevokeCommand extends ConfiguredCommand {
  private static final int LONGEST_TEXT = 600;

  @Option(
      names = "--user",
      paramLabel = "USER",
      description = "The user's tokens (sub); with --channel, that user's grants only")
  private String user = "";

  @Option(names = "--token-id", paramLabel = "ID", description = "The token with this id (jti)")
  private String tokenId = "";

  @Option(
      names = "--channel",
      paramLabel = "NAME",
      description = "Grants for this channel, to follow it and to publish on it")
  private String channel = "";

  @Option(names = "--everybody", description = "All tokens")
  private boolean everybody;

  @Option(
      names = "--expires",
      paramLabel = "TIME",
      defaultValue = "720h",
      converter = DurationConverter.class,
      description =
          "Forgotten after this long, which no token is to outlive: 90m, 24h (default:"
              + " ${DEFAULT-VALUE}, 30 days)")
  private Duration expires = Duration.ofDays(30);

  @Option(names = "--undo", description = "Takes back what was revoked of this")
  private boolean undo;

  private final Clock clock = Clock.systemUTC();

  @Override
  public Integer call() {
    check();
    KafkaSettings kafka = KafkaSettings.from(settings());
    Instant now = clock.instant();
    Control record = record(now);
    try (ControlClient client = ControlClient.connect(kafka)) {
      if (undo) {
        int found = client.undo(record);
        if (found == 0) {
          throw CommandException.failed("nothing is revoked of " + what());
        }
        out().println("taken back: " + what());
        return 0;
      }
      client.write(record);
      out()
          .printf(
              "revoked: %s, issued before %s; forgotten %s%n",
              what(),
              instant(record.getRevocation().getIssuedBefore()),
              instant(record.getRevocation().getExpires()));
      client.tidy(now, err());
      return 0;
    }
  }

  private void check() {
    boolean grants = !channel.isEmpty() || !user.isEmpty();
    int given = (everybody ? 1 : 0) + (tokenId.isEmpty() ? 0 : 1) + (grants ? 1 : 0);
    if (given == 0) {
      throw CommandException.usage("revoke what? --user, --token-id, --channel or --everybody");
    }
    if (given > 1) {
      throw CommandException.usage(
          "one of --user, --token-id, --channel and --everybody; only --channel goes with --user");
    }
    if (!user.isEmpty() && !Channels.isName(user)) {
      throw CommandException.usage("a user is 1-200 bytes of A-Za-z0-9_.:/-");
    }
    if (channel.equals(Channels.BROADCAST)) {
      throw CommandException.usage("$broadcast needs no grant: there is none to revoke");
    }
    if (!channel.isEmpty() && !Channels.isName(channel)) {
      throw CommandException.usage("a channel is 1-200 bytes of A-Za-z0-9_.:/-");
    }
    if (expires.isZero()) {
      throw CommandException.usage("--expires is longer than that");
    }
  }

  private Control record(Instant now) {
    Revocation what =
        Revocation.newBuilder()
            .setSubject(user)
            .setTokenId(tokenId)
            .setChannel(channel)
            .setEverybody(everybody)
            .build();
    return ControlRecords.revocation(what, now, expires);
  }

  private static Instant instant(Timestamp moment) {
    return Instant.ofEpochSecond(moment.getSeconds(), moment.getNanos());
  }

  private String what() {
    if (everybody) {
      return "everybody's tokens";
    }
    if (!tokenId.isEmpty()) {
      return "the token " + Printable.of(tokenId, LONGEST_TEXT);
    }
    if (channel.isEmpty()) {
      return "tokens of user " + user;
    }
    return "grants for channel " + channel + (user.isEmpty() ? "" : " of user " + user);
  }
}
