package dev.tailrace.cli;

import dev.tailrace.cli.console.ConsoleClient;
import dev.tailrace.cli.console.ConsoleException;
import dev.tailrace.cli.console.TraceText;
import dev.tailrace.schemas.Lane;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/**
 * Asks where an event is.
 *
 * <p>Threading: the main thread's.
 */
@Command(
    name = "trace",
    description = {
      "Says who gets an event, through which partition, and where it is now: by its id, or by where"
          + " it lies in a lane. An edge's console searches for it in Kafka, and asks all edges.",
      "--output json prints the console's answer (docs/protocol/console.md). Ends with 1 when the"
          + " event is not found, or the edge does not answer."
    },
    footer = {
      "Examples:",
      "  ./tailrace trace goal-1",
      "  ./tailrace trace goal-1 --since 2h --url http://10.0.0.6:8090",
      "  ./tailrace trace --lane channels --generation 1 --partition 2 --offset 18"
    })
final class TraceCommand extends ConfiguredCommand {
  /** The edge reads Kafka, and then waits 2 s for the others. */
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private static final Duration LONGEST_SINCE = Duration.ofHours(24);

  @Parameters(paramLabel = "EVENT_ID", arity = "0..1", description = "The event's id")
  private String event = "";

  @Option(
      names = "--since",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "How far back to look for the id: 90s, 15m, 2h; 24h at most (default: 15m)")
  private @Nullable Duration since;

  @Option(names = "--lane", paramLabel = "LANE", description = "users or channels")
  private @Nullable Lane lane;

  @Option(
      names = "--generation",
      paramLabel = "N",
      description = "The lane's generation (default: 1)")
  private @Nullable Integer generation;

  @Option(names = "--partition", paramLabel = "N", description = "The lane's partition")
  private @Nullable Integer partition;

  @Option(names = "--offset", paramLabel = "N", description = "The offset there")
  private @Nullable Long offset;

  @Mixin private ConsoleOptions console = new ConsoleOptions();
  @Mixin private OutputOption output = new OutputOption();

  @Override
  public Integer call() {
    Map<String, String> query = query();
    ConsoleClient client = new ConsoleClient(console.address(settings()), PATIENCE);
    JsonNode answer;
    try {
      answer = client.get("trace", query);
    } catch (ConsoleException e) {
      throw CommandException.failed(String.valueOf(e.getMessage()), e);
    }
    if (output.isJson()) {
      JsonLine.print(out(), answer);
    } else {
      TraceText.lines(answer).forEach(out()::println);
    }
    return TraceText.isFound(answer) ? 0 : CommandException.FAILED;
  }

  private Map<String, String> query() {
    boolean isPlace = lane != null || generation != null || partition != null || offset != null;
    if (isPlace == !event.isEmpty()) {
      throw CommandException.usage(
          "trace what? An event's id, or --lane, --partition and --offset");
    }
    Map<String, String> query = new LinkedHashMap<>();
    if (!isPlace) {
      query.put("event", event);
      if (since != null) {
        query.put("since", text(since));
      }
      return query;
    }
    if (lane == null || partition == null || offset == null || since != null) {
      throw CommandException.usage(
          "a place is --lane, --partition and --offset, and has no --since");
    }
    int ofGeneration = generation == null ? 1 : generation;
    if (ofGeneration < 1 || partition < 0 || offset < 0) {
      throw CommandException.usage("--generation is 1 or more, --partition and --offset 0 or more");
    }
    query.put("lane", lane.name().toLowerCase(Locale.ROOT));
    query.put("generation", Integer.toString(ofGeneration));
    query.put("partition", partition.toString());
    query.put("offset", offset.toString());
    return query;
  }

  private static String text(Duration since) {
    if (since.compareTo(Duration.ofSeconds(1)) < 0 || since.compareTo(LONGEST_SINCE) > 0) {
      throw CommandException.usage("--since is 1s to 24h");
    }
    return since.toSeconds() + "s";
  }
}
