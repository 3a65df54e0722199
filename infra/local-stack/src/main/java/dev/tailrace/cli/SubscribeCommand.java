package dev.tailrace.cli;

import dev.tailrace.infra.local.StopSignal;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Prints what a client of an edge receives.
 *
 * <p>Threading: the main thread waits for the end; a thread of its own reads and prints.
 */
@Command(
    name = "subscribe",
    description =
        "Subscribes at an edge and prints each event as a line of JSON; after a cut it goes on from"
            + " the last cursor. Ctrl-C ends it, and tells the cursor to go on from. Ends with 1"
            + " when the edge refuses, or nobody listens at its address from the beginning.",
    footer = {
      "Examples:",
      "  ./tailrace subscribe scores",
      "  ./tailrace subscribe scores --since 5m --output text",
      "  ./tailrace subscribe scores chat --user 42 --transport websocket",
      "  ./tailrace subscribe --channel scores --last 10 --count 10 --transport poll"
    })
final class SubscribeCommand extends ConfiguredCommand {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final int LONGEST_PAUSE_MS = 15_000;
  private static final int MOST_LAST = 1_000;

  /** What is none of these the edge would refuse; it looks closer. */
  private static final Pattern SINCE =
      Pattern.compile("-?[0-9]{1,15}(ms|[smhd])|[0-9]{4}-[0-9T:.,Zz+-]+|earliest|latest");

  @Parameters(paramLabel = "CHANNEL", arity = "0..*", description = "Channels to subscribe to")
  private List<String> channels = new ArrayList<>();

  @Option(
      names = "--channel",
      paramLabel = "NAME",
      description = "Another, as a parameter does. Repeatable")
  private List<String> moreChannels = new ArrayList<>();

  @Option(
      names = "--transport",
      paramLabel = "TRANSPORT",
      defaultValue = "sse",
      description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  private Transport transport = Transport.sse;

  @Option(
      names = "--url",
      paramLabel = "URL",
      defaultValue = "http://127.0.0.1:8080",
      description = "The edge (default: ${DEFAULT-VALUE})")
  private URI url = URI.create("http://127.0.0.1:8080");

  @Mixin private ClientOptions client = new ClientOptions();

  @Option(names = "--cursor", paramLabel = "CURSOR", description = "Where to go on from")
  private String cursor = "";

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description =
          "Begin so long ago (30s, 5m, 2h, 1d), at a moment (2026-11-24T05:36:00Z), or at the"
              + " earliest")
  private @Nullable String since;

  @Option(
      names = "--last",
      paramLabel = "N",
      description = "Begin with the last N events of each channel, and of the user's: 1 to 1000")
  private @Nullable Integer last;

  @Option(
      names = "--output",
      paramLabel = "FORMAT",
      defaultValue = "json",
      description =
          "json: the event as it comes; text: time, channel, type and data (default:"
              + " ${DEFAULT-VALUE})")
  private OutputOption.Format output = OutputOption.Format.json;

  @Option(
      names = "--max-rate",
      paramLabel = "RATE",
      description =
          "Most deliveries per second, 0.1 to 50: each brings the newest event of each conflation"
              + " key")
  private String maxRate = "";

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "0",
      description = "End after so many events (default: never)")
  private long count;

  /** How the events come; the names are those of the option. */
  enum Transport {
    sse,
    websocket,
    poll
  }

  @Override
  public Integer call() {
    settings();
    Subscription subscription = subscription();
    if (count < 0) {
      throw CommandException.usage("--count is 1 or more");
    }
    StopSignal signal = stopSignal();
    EventPrinter printer = new EventPrinter(out(), err(), output, count);
    HttpClient http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .build();
    EdgeReader reader =
        switch (transport) {
          case sse -> new EventStreamReader(http, subscription, printer);
          case websocket -> new SocketReader(http, subscription, printer);
          case poll -> new PollReader(http, subscription, printer);
        };
    AtomicReference<@Nullable CommandException> refused = new AtomicReference<>();
    Thread.ofPlatform()
        .daemon()
        .name("subscribe")
        .start(
            () -> {
              try {
                readOn(reader, printer, signal);
              } catch (CommandException e) {
                refused.set(e);
              } finally {
                signal.request();
              }
            });
    signal.await();
    CommandException reason = refused.get();
    if (reason != null) {
      throw reason;
    }
    if (!reader.cursor().isEmpty()) {
      err().println("to go on: --cursor " + reader.cursor());
    }
    return 0;
  }

  private Subscription subscription() {
    Set<String> all = new LinkedHashSet<>(channels);
    all.addAll(moreChannels);
    if (all.isEmpty() && client.user().isEmpty() && client.token().isEmpty()) {
      throw CommandException.usage(
          "nothing to subscribe to: name channels (or --channel), --user or --token");
    }
    if (url.getHost() == null || url.getScheme() == null || !url.getScheme().startsWith("http")) {
      throw CommandException.usage("--url is no address such as http://127.0.0.1:8080");
    }
    return new Subscription(url, List.copyOf(all), client.user(), client.token(), start(), maxRate);
  }

  private Subscription.Start start() {
    int given = (cursor.isEmpty() ? 0 : 1) + (since == null ? 0 : 1) + (last == null ? 0 : 1);
    if (given > 1) {
      throw CommandException.usage("one of --cursor, --since and --last");
    }
    if (since != null && !SINCE.matcher(since).matches()) {
      throw CommandException.usage(
          "--since is a time such as 5m or 2026-11-24T05:36:00Z, or earliest");
    }
    if (last != null && (last < 1 || last > MOST_LAST)) {
      throw CommandException.usage("--last is 1 to " + MOST_LAST);
    }
    return new Subscription.Start(cursor, since == null ? "" : since, last == null ? 0 : last);
  }

  /**
   * One connection after the other, with longer pauses while none brings anything. Where nobody
   * listens at all from the beginning, waiting would only hide a wrong address.
   */
  private void readOn(EdgeReader reader, EventPrinter printer, StopSignal signal) {
    int failures = 0;
    boolean first = true;
    while (!signal.isRequested() && !printer.isDone()) {
      String before = reader.cursor();
      Duration asked = Duration.ZERO;
      try {
        asked = reader.read();
      } catch (IOException e) {
        String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        if (first && reader.cursor().isEmpty()) {
          throw CommandException.failed(
              "no edge at %s (%s): start one with ./tailrace dev, or give its --url"
                  .formatted(url, reason),
              e);
        }
        err().println("no connection, trying again: " + reason);
        err().flush();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
      first = false;
      failures = reader.cursor().equals(before) ? failures + 1 : 0;
      if (!printer.isDone()) {
        signal.await(pause(asked, failures));
      }
    }
  }

  /** At least what the edge asks for; spread, so that not all clients come back at once. */
  private static Duration pause(Duration asked, int failures) {
    if (failures == 0 && asked.isZero()) {
      return Duration.ofMillis(1);
    }
    int most = Math.min(LONGEST_PAUSE_MS, 500 << Math.min(failures, 5));
    Duration spread = Duration.ofMillis(RandomGenerator.getDefault().nextInt(most / 2, most));
    return asked.compareTo(spread) > 0 ? asked : spread;
  }
}
