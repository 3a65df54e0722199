package dev.tailrace.cli;

import dev.tailrace.edge.auth.AuthConfig;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Signs a token for an edge that shares the secret.
 *
 * <p>Threading: the main thread's.
 */
@Command(
    name = "token",
    description =
        "Prints a signed HS256 token, alone on the last line. The secret is auth.hmac.secret, the"
            + " same as the edge's.",
    footer = {
      "Example:",
      "  export TAILRACE_AUTH_HMAC_SECRET=\"$(head -c 32 /dev/urandom | base64)\"",
      "  ./tailrace token --sub 42 --subscribe 'scores' --subscribe 'game.*' --publish 'chat'"
    })
final class TokenCommand extends ConfiguredCommand {
  @Option(
      names = "--sub",
      required = true,
      paramLabel = "USER",
      description = "The user the token speaks for; personal events for them arrive without asking")
  private String subject = "";

  @Option(
      names = "--subscribe",
      paramLabel = "GRANT",
      description = "Channels that may be subscribed to: a name, or a beginning and *. Repeatable")
  private List<String> subscribe = new ArrayList<>();

  @Option(
      names = "--publish",
      paramLabel = "GRANT",
      description = "Channels that may be published to, likewise. Repeatable")
  private List<String> publish = new ArrayList<>();

  @Option(
      names = "--history",
      paramLabel = "GRANT",
      description =
          "Channels whose past may be asked for, likewise; '' for none. Repeatable (default: those"
              + " of --subscribe)")
  private @Nullable List<String> history;

  @Option(
      names = "--ttl",
      paramLabel = "TIME",
      defaultValue = "1h",
      converter = DurationConverter.class,
      description = "How long it is valid: 90s, 10m, 1h (default: ${DEFAULT-VALUE})")
  private Duration ttl = Duration.ofHours(1);

  private final Clock clock = Clock.systemUTC();

  @Override
  public Integer call() {
    String secret = settings().get(AuthConfig.HMAC_SECRET);
    if (secret.isEmpty()) {
      throw CommandException.usage(
          "no secret to sign with: set %s to the edge's secret, or %s in the file that --config"
                  .formatted(AuthConfig.HMAC_SECRET.environmentName(), AuthConfig.HMAC_SECRET.key())
              + " names");
    }
    TokenSigner signer = new TokenSigner(secret);
    if (subject.isEmpty()) {
      throw CommandException.usage("--sub is empty: a token speaks for a user");
    }
    List<String> past =
        history == null ? null : history.stream().filter(grant -> !grant.isEmpty()).toList();
    out().println(signer.sign(subject, subscribe, publish, past, clock.instant(), ttl));
    return 0;
  }
}
