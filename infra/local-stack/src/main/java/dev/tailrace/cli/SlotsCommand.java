package dev.tailrace.cli;

import dev.tailrace.infra.local.StopSignal;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.SlotHash;
import dev.tailrace.schemas.SlotMaps;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.kafka.IngressSettings;
import dev.tailrace.support.kafka.KafkaSettings;
import dev.tailrace.support.slots.MoveRules;
import dev.tailrace.v1.SlotMove;
import dev.tailrace.v1.SlotRequest;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Shows the slot map, and asks the dispatchers to move slots.
 *
 * <p>Threading: the main thread's.
 */
@Command(
    name = "slots",
    description = {
      "show: the versions of the slot map, where slots lie, and what a move waits for; with"
          + " --address and --lane, where that address lies.",
      "isolate: asks for a slot to get a partition of its own: that of a channel or user who is"
          + " too busy.",
      "grow: asks for a lane to get so many partitions, in a topic of its own.",
      "isolate and grow follow the move until it is settled. When they are stopped the dispatchers"
          + " go on with it. They end with 1 when it was refused or nobody answered."
    },
    footer = {
      "Examples:",
      "  ./tailrace slots show",
      "  ./tailrace slots show --lane channels --address scores",
      "  ./tailrace slots isolate --channel scores",
      "  ./tailrace slots isolate --lane users --slot 1234",
      "  ./tailrace slots grow --lane channels --partitions 16"
    })
final class SlotsCommand extends ConfiguredCommand {
  private static final Duration TURN = Duration.ofMillis(100);
  private static final int NO_SLOT = -1;

  /** What is done. */
  enum Action {
    SHOW,
    ISOLATE,
    GROW
  }

  @Parameters(paramLabel = "show|isolate|grow", description = "What to do")
  private Action action = Action.SHOW;

  @Option(names = "--lane", paramLabel = "LANE", description = "users or channels")
  private @Nullable Lane lane;

  @Option(names = "--address", paramLabel = "NAME", description = "show: a user or channel")
  private String address = "";

  @Option(names = "--channel", paramLabel = "NAME", description = "isolate: the channel's slot")
  private String channel = "";

  @Option(names = "--user", paramLabel = "USER", description = "isolate: the user's slot")
  private String user = "";

  @Option(names = "--slot", paramLabel = "N", description = "isolate: this slot of the lane")
  private int slot = NO_SLOT;

  @Option(names = "--partitions", paramLabel = "N", description = "grow: to so many")
  private int partitions;

  @Option(
      names = "--patience",
      paramLabel = "SECONDS",
      defaultValue = "30",
      description =
          "isolate, grow: how long to wait for a dispatcher to begin (default: ${DEFAULT-VALUE})")
  private int patience = 30;

  @Mixin private OutputOption output = new OutputOption();

  @Override
  public Integer call() throws InterruptedException {
    SlotRequest request = action == Action.SHOW ? null : request();
    if (!address.isEmpty() && (lane == null || action != Action.SHOW)) {
      throw CommandException.usage("--address goes with show and --lane users or channels");
    }
    if (output.isJson() && action != Action.SHOW) {
      throw CommandException.usage("--output goes with show");
    }
    Settings settings = settings();
    try (SlotsClient client = SlotsClient.connect(KafkaSettings.from(settings))) {
      List<String> topics = settings.get(IngressSettings.TOPICS);
      if (request != null) {
        return move(client, topics, request);
      }
      if (output.isJson()) {
        JsonLine.print(
            out(),
            lane != null && !address.isEmpty()
                ? SlotsJson.place(client.maps(), lane, address)
                : SlotsJson.of(client.maps()));
      } else if (lane != null && !address.isEmpty()) {
        out().println(SlotsPage.place(client.maps(), lane, address));
      } else {
        SlotsPage.lines(client.maps(), client.log(), client.sources(topics))
            .forEach(out()::println);
      }
      return 0;
    }
  }

  private SlotRequest request() {
    SlotRequest.Builder request = SlotRequest.newBuilder().setId(UUID.randomUUID().toString());
    if (action == Action.GROW) {
      if (lane == null || partitions < 1) {
        throw CommandException.usage("grow what? --lane users or channels, and --partitions");
      }
      return request.setLane(letter(lane)).setGrowTo(partitions).build();
    }
    boolean bySlot = lane != null && slot != NO_SLOT;
    if ((channel.isEmpty() ? 0 : 1) + (user.isEmpty() ? 0 : 1) + (bySlot ? 1 : 0) != 1) {
      throw CommandException.usage("isolate what? --channel, --user, or --lane and --slot");
    }
    if (lane != null && bySlot) {
      return request.setLane(letter(lane)).setIsolateSlot(slot).build();
    }
    return user.isEmpty()
        ? request
            .setLane(letter(Lane.CHANNELS))
            .setIsolateSlot(SlotHash.channelSlot(channel))
            .build()
        : request.setLane(letter(Lane.USERS)).setIsolateSlot(SlotHash.slot(user)).build();
  }

  private static String letter(Lane lane) {
    return String.valueOf(lane.letter());
  }

  private int move(SlotsClient client, List<String> topics, SlotRequest request) {
    SlotMaps maps = client.maps();
    if (maps.isQuiet() && client.log().open(maps).isEmpty()) {
      String refusal = MoveRules.refusal(request, maps.newest());
      if (!refusal.isEmpty()) {
        throw CommandException.failed(refusal);
      }
    }
    StopSignal signal = stopSignal();
    client.ask(request);
    out().println("asked for: " + SlotsPage.describe(request));
    String said = "";
    long changes = -1;
    long quietTurns = 0;
    while (!signal.await(TURN)) {
      maps = client.maps();
      SlotMove begun = begun(maps, request);
      String refusal = client.log().refusal(request.getId());
      if (refusal != null) {
        throw CommandException.failed("refused: " + refusal);
      }
      if (begun != null && maps.settled().version() >= begun.getVersion()) {
        out().println("settled: version %d holds".formatted(begun.getVersion()));
        return 0;
      }
      quietTurns = client.log().changes() == changes ? quietTurns + 1 : 0;
      changes = client.log().changes();
      if (begun == null && quietTurns * TURN.toMillis() > patience * 1_000L) {
        throw CommandException.failed(unanswered(maps));
      }
      String now = progress(client, maps, begun, topics);
      if (!now.equals(said)) {
        out().println(now);
        said = now;
      }
    }
    err().println("stopped; the dispatchers go on with it: ./tailrace slots show tells how far");
    return CommandException.FAILED;
  }

  private String unanswered(SlotMaps maps) {
    return maps.isQuiet()
        ? "no dispatcher has answered within %d s: is one ready? The request stands, and is done when one is"
            .formatted(patience)
        : "version %d has not settled within %d s: ./tailrace slots show says what it waits for. The request stands, and is done after it"
            .formatted(maps.newest().version(), patience);
  }

  private static @Nullable SlotMove begun(SlotMaps maps, SlotRequest request) {
    return maps.moves().stream()
        .filter(move -> move.getRequestId().equals(request.getId()))
        .findFirst()
        .orElse(null);
  }

  private static String progress(
      SlotsClient client, SlotMaps maps, @Nullable SlotMove begun, List<String> topics) {
    if (begun != null) {
      return SlotsPage.describe(begun)
          + ", "
          + SlotsPage.waiting(maps, client.log(), client.sources(topics));
    }
    return maps.isQuiet()
        ? "waits for a dispatcher"
        : "waits for version %d to settle".formatted(maps.newest().version());
  }
}
