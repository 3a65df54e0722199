package dev.tailrace.cli;

import dev.tailrace.cli.console.ConsoleFeed;
import dev.tailrace.cli.console.FeedState;
import dev.tailrace.cli.console.ScreenLine;
import dev.tailrace.cli.console.Terminal;
import dev.tailrace.cli.console.TopScreen;
import dev.tailrace.infra.local.StopSignal;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/**
 * The fleet, live, in a terminal.
 *
 * <p>Threading: the main thread draws; one of its own reads.
 */
@Command(
    name = "top",
    description = {
      "Shows the fleet live, as one edge's console tells it: totals, edges, dispatchers, latency,"
          + " hot addresses, gaps. q or Ctrl-C ends it. What is no longer so is marked NOT LIVE,"
          + " and the edge is asked again.",
      "Where the output is no terminal it prints a table each --interval; with --output json an"
          + " object per line: {\"live\":true,\"snapshot\":{...}} as docs/protocol/console.md has"
          + " it, or {\"live\":false,\"why\":\"...\"}. Ends with 1 when the edge cannot be asked;"
          + " with --once also when what it tells is not live."
    },
    footer = {
      "Examples:",
      "  ./tailrace top",
      "  ./tailrace top --url http://10.0.0.6:8090 --operator-token-file operator.token",
      "  ./tailrace top --once",
      "  ./tailrace top --output json | jq .snapshot.totals.connections"
    })
final class TopCommand extends ConfiguredCommand {
  private static final Duration TURN = Duration.ofMillis(100);
  private static final Duration REDRAW = Duration.ofSeconds(1);
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int TABLE_WIDTH = 120;

  @Mixin private ConsoleOptions console = new ConsoleOptions();
  @Mixin private OutputOption output = new OutputOption();

  @Option(names = "--once", description = "Print what is now, and end")
  private boolean once;

  @Option(
      names = "--interval",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description =
          "How often something is printed where there is no terminal (default: 5s, each second"
              + " with --output json)")
  private @Nullable Duration interval;

  @Override
  public Integer call() {
    if (interval != null && !interval.isPositive()) {
      throw CommandException.usage("--interval is longer than that");
    }
    StopSignal signal = stopSignal();
    AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
    try (ConsoleFeed feed = feed()) {
      Thread.ofPlatform().daemon().name("top").start(() -> follow(feed, signal, failure));
      int code = show(feed, signal);
      RuntimeException reason = failure.get();
      if (reason instanceof IllegalArgumentException) {
        // Its message may hold the token.
        throw CommandException.failed(
            "no edge can be asked so: see --url and the operator's token for what no header or"
                + " address may hold");
      }
      if (reason != null) {
        throw CommandException.failed(String.valueOf(reason.getMessage()), reason);
      }
      return code;
    }
  }

  private ConsoleFeed feed() {
    return new ConsoleFeed(console.address(settings()), System::nanoTime, LONGEST_SILENCE);
  }

  private static void follow(
      ConsoleFeed feed, StopSignal signal, AtomicReference<@Nullable RuntimeException> failure) {
    try {
      feed.run();
    } catch (RuntimeException e) {
      failure.set(e);
      signal.request();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private int show(ConsoleFeed feed, StopSignal signal) {
    if (once) {
      return showOnce(feed, signal);
    }
    Terminal terminal = output.isJson() ? null : Terminal.open(out());
    if (terminal != null) {
      try (terminal) {
        terminal.onQuit(signal::request);
        draw(feed, signal, terminal);
      }
      return 0;
    }
    Duration pause = interval != null ? interval : output.isJson() ? TURN : Duration.ofSeconds(5);
    long shown = 0;
    String wasNotLive = "";
    while (!signal.await(shown == 0 ? TURN : pause)) {
      FeedState state = feed.state();
      String notLive = state.notLive(System.nanoTime());
      boolean isNew = state.number() != shown || !notLive.equals(wasNotLive);
      if (state.number() > 0 && (isNew || !output.isJson())) {
        print(state);
        shown = state.number();
        wasNotLive = notLive;
      }
    }
    return 0;
  }

  private int showOnce(ConsoleFeed feed, StopSignal signal) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (feed.state().number() == 0 && !signal.await(TURN)) {
      if (System.nanoTime() - end > 0) {
        throw CommandException.failed(
            "the edge has told nothing within %d s".formatted(PATIENCE.toSeconds()));
      }
    }
    FeedState state = feed.state();
    if (state.number() == 0) {
      return 0; // it was stopped, or the reason is told
    }
    print(state);
    return state.notLive(System.nanoTime()).isEmpty() ? 0 : CommandException.FAILED;
  }

  private static void draw(ConsoleFeed feed, StopSignal signal, Terminal terminal) {
    long shown = -1;
    long drawn = System.nanoTime() - REDRAW.toNanos();
    do {
      long now = System.nanoTime();
      FeedState state = feed.state();
      if (state.number() != shown || now - drawn >= REDRAW.toNanos()) {
        Terminal.Size size = terminal.size();
        terminal.draw(TopScreen.lines(state, now, size.width(), size.height()));
        shown = state.number();
        drawn = now;
      }
    } while (!signal.await(TURN));
  }

  private void print(FeedState state) {
    long now = System.nanoTime();
    if (!output.isJson()) {
      TopScreen.lines(state, now, TABLE_WIDTH, TopScreen.ANY_HEIGHT).stream()
          .map(ScreenLine::text)
          .forEach(out()::println);
      out().println();
      out().flush();
      return;
    }
    String notLive = state.notLive(now);
    ObjectNode line = JsonLine.object();
    line.put("live", notLive.isEmpty());
    if (notLive.isEmpty()) {
      line.set("snapshot", state.snapshot());
    } else {
      line.put("why", notLive);
    }
    JsonLine.print(out(), line);
  }
}
