package dev.tailrace.benchmarks.fleet;

import dev.tailrace.benchmarks.BenchException;
import dev.tailrace.benchmarks.BenchOutput;
import dev.tailrace.benchmarks.BenchResult.Machine;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The command behind {@code benchmarks/peers/fleet}: what becomes of many clients when an edge is
 * killed, drains, or they come back at once; in {@code fleet.json}, written anew after each round.
 *
 * <p>Threading: the main thread's.
 */
final class FleetMain {
  private static final String ALL =
      "kill-15000,away-5000,awaykafka-5000,storm-18000,stormunpaced-18000,drain-10000,resume-500,"
          + "takeover-500,handover-500,locate-2000";
  private static final String USAGE = "fleet [--scenarios " + ALL + "] [--rounds 3] [--out FOLDER]";
  private static final int SECONDS_AWAY = 60;

  private final Instant started = Instant.now();
  private final List<Round> rounds = new ArrayList<>();
  private final PrintStream out;
  private String scenarios = ALL;
  private String folder = "benchmarks/results/fleet";
  private int times = 3;

  private record Round(String scenario, int round, Map<String, Object> figures) {}

  private record Results(String startedAt, String commit, Machine machine, List<Round> rounds) {}

  private FleetMain(PrintStream out) {
    this.out = out;
  }

  /** Ends with 0 when everything was measured, with 1 when something failed, with 2 for misuse. */
  public static void main(String[] arguments) {
    FleetMain main = new FleetMain(System.out);
    int exit = 0;
    try {
      main.read(arguments);
      main.run();
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.println(USAGE);
      exit = 2;
    } catch (BenchException e) {
      System.err.println(e.getMessage());
      exit = 1;
    }
    System.exit(exit);
  }

  private void read(String[] arguments) {
    for (int i = 0; i < arguments.length; i += 2) {
      if (i + 1 == arguments.length) {
        throw new IllegalArgumentException("without a value: " + arguments[i]);
      }
      switch (arguments[i]) {
        case "--scenarios" -> scenarios = arguments[i + 1];
        case "--rounds" -> times = Integer.parseInt(arguments[i + 1]);
        case "--out" -> folder = arguments[i + 1];
        default -> throw new IllegalArgumentException("not understood: " + arguments[i]);
      }
    }
  }

  private void run() {
    Path root = Path.of(System.getProperty("tailrace.root", ".")).toAbsolutePath();
    for (String scenario : scenarios.split(",", -1)) {
      for (int round = 1; round <= times; round++) {
        say(scenario + ", round " + round);
        try (Fleet fleet = new Fleet(root, Files.createTempDirectory("tailrace-fleet"))) {
          Figures figures = run(fleet, scenario);
          figures.values().forEach((name, value) -> say("  " + name + " " + value));
          rounds.add(new Round(scenario, round, figures.values()));
          write();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private Figures run(Fleet fleet, String scenario) {
    FleetScenarios on = new FleetScenarios(fleet, this::say);
    int dash = scenario.lastIndexOf('-');
    int connections = Integer.parseInt(scenario.substring(dash + 1));
    return switch (scenario.substring(0, Math.max(0, dash))) {
      case "kill" -> on.kill(connections);
      case "away" -> on.away(connections, SECONDS_AWAY, false);
      case "awaykafka" -> on.away(connections, SECONDS_AWAY, true);
      case "storm" -> on.storm(connections, Map.of());
      case "stormunpaced" -> on.storm(connections, Map.of("edge.accept.rate", "0"));
      case "takeover" -> on.takeover(connections, true);
      case "handover" -> on.takeover(connections, false);
      case "drain" -> on.drain(connections);
      case "locate" -> new LocateScenario(fleet, connections, this::say).run();
      case "resume" -> on.resume(connections);
      default -> throw new IllegalArgumentException("no scenario: " + scenario);
    };
  }

  private void write() throws IOException {
    Path results = Files.createDirectories(Path.of(folder));
    BenchOutput.JSON.writeValue(
        results.resolve("fleet.json"),
        new Results(started.toString(), BenchOutput.commit(), BenchOutput.machine(), rounds));
  }

  private void say(String line) {
    long seconds = Duration.between(started, Instant.now()).toSeconds();
    out.printf(Locale.ROOT, "%4d:%02d %s%n", seconds / 60, seconds % 60, line);
  }
}
