package dev.tailrace.benchmarks.peers;

import dev.tailrace.benchmarks.BenchException;
import dev.tailrace.benchmarks.BenchOutput;
import dev.tailrace.benchmarks.BenchResult.Machine;
import dev.tailrace.benchmarks.peers.Scenario.Server;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The command behind {@code benchmarks/peers/run}: scenarios on several servers, and what came of
 * it in {@code peers.json} and {@code peers.md}, written anew after each measurement.
 *
 * <p>Threading: the main thread's.
 */
final class PeersMain {
  private static final List<String> USAGE =
      List.of(
          "run [--scenarios NAME,...] [--servers tailrace,nats,nchan,jetty] [--rounds 5]",
          "    [--idle-rounds 3] [--warmup 35] [--slow-seconds 30] [--out FOLDER]",
          "    [--server-core 0] [--client-core 1]",
          "A scenario is broadcast, personal, alone, slow, storm or idle, -connections-, ws or"
              + " sse,",
          "such as broadcast-1000-ws. Without --scenarios:");

  private static final String ALL =
      "broadcast-1000-ws,broadcast-10000-ws,broadcast-1000-sse,broadcast-10000-sse,"
          + "personal-10000-ws,alone-10000-ws,slow-1000-ws,slow-1000-sse,"
          + "storm-10000-ws,storm-10000-sse,"
          + "idle-10000-ws,idle-10000-sse,idle-18000-ws,idle-18000-sse";

  private final Map<String, String> options = new LinkedHashMap<>();
  private final Instant started = Instant.now();
  private final List<Outcome> outcomes = new ArrayList<>();
  private final Map<String, String> versions = new LinkedHashMap<>();
  private final PrintStream out;

  private PeersMain(PrintStream out) {
    this.out = out;
    options.put("scenarios", ALL);
    options.put("servers", "tailrace,nats,nchan,jetty");
    options.put("rounds", "5");
    options.put("idle-rounds", "3");
    options.put("warmup", "35");
    options.put("slow-seconds", "30");
    options.put("out", "benchmarks/results/peers");
    options.put("server-core", "0");
    options.put("client-core", "1");
  }

  /** All that a run found out, as it is written to JSON. */
  record Results(
      String startedAt,
      String commit,
      Machine machine,
      Map<String, String> parameters,
      Map<String, String> versions,
      List<Outcome> outcomes) {}

  /** Ends with 0 when everything was measured, with 1 when something failed, with 2 for misuse. */
  public static void main(String[] arguments) {
    PeersMain run = new PeersMain(System.out);
    int exit;
    try {
      run.read(arguments);
      exit = run.run();
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      USAGE.forEach(System.err::println);
      System.err.println(ALL);
      exit = 2;
    }
    System.exit(exit);
  }

  private void read(String[] arguments) {
    for (int i = 0; i < arguments.length; i += 2) {
      String name = arguments[i].startsWith("--") ? arguments[i].substring(2) : "";
      if (!options.containsKey(name) || i + 1 == arguments.length) {
        throw new IllegalArgumentException("not understood: " + arguments[i]);
      }
      options.put(name, arguments[i + 1]);
    }
  }

  private String option(String name) {
    return options.getOrDefault(name, "");
  }

  private int run() {
    List<Scenario> scenarios =
        List.of(option("scenarios").split(",", -1)).stream().map(Scenario::of).toList();
    Set<Server> servers = EnumSet.noneOf(Server.class);
    for (String name : option("servers").split(",", -1)) {
      servers.add(Server.valueOf(name.toUpperCase(Locale.ROOT)));
    }
    int rounds = Integer.parseInt(option("rounds"));
    int idleRounds = Integer.parseInt(option("idle-rounds"));
    int warmup = Integer.parseInt(option("warmup"));
    int slowSeconds = Integer.parseInt(option("slow-seconds"));
    findVersions(servers);
    Cores cores = new Cores(option("server-core"), option("client-core"));
    Cores.pin(ProcessHandle.current().pid(), cores.others());
    Path root = Path.of(System.getProperty("tailrace.root", ".")).toAbsolutePath();
    try (ServerStarter starter =
        new ServerStarter(root, Files.createTempDirectory("tailrace-peers"), cores)) {
      PeerRun run = new PeerRun(starter, warmup, slowSeconds, servers, this::say, this::add);
      for (Scenario scenario : scenarios) {
        int times = scenario.kind() == Scenario.Kind.IDLE ? idleRounds : rounds;
        run.run(scenario, times);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    out.println();
    out.println(Comparisons.markdown(outcomes));
    return outcomes.stream().allMatch(outcome -> outcome.failure() == null) ? 0 : 1;
  }

  private void findVersions(Set<Server> servers) {
    if (servers.contains(Server.NATS)) {
      versions.put("nats", NatsServer.version());
    }
    if (servers.contains(Server.NCHAN)) {
      versions.put("nchan", NchanServer.version());
    }
    if (servers.contains(Server.JETTY)) {
      versions.put("jetty", org.eclipse.jetty.util.Jetty.VERSION);
    }
  }

  private void add(Outcome outcome) {
    outcomes.add(outcome);
    try {
      Path folder = Files.createDirectories(Path.of(option("out")));
      BenchOutput.JSON.writeValue(
          folder.resolve("peers.json"),
          new Results(
              started.toString(),
              BenchOutput.commit(),
              BenchOutput.machine(),
              options,
              versions,
              outcomes));
      Files.writeString(folder.resolve("peers.md"), Comparisons.markdown(outcomes));
    } catch (IOException e) {
      throw new BenchException("the results cannot be written: " + e.getMessage(), e);
    }
  }

  private void say(String line) {
    long seconds = Duration.between(started, Instant.now()).toSeconds();
    out.printf(Locale.ROOT, "%4d:%02d %s%n", seconds / 60, seconds % 60, line);
  }
}
