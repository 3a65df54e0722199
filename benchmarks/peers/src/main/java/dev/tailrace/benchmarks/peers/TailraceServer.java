package dev.tailrace.benchmarks.peers;

import dev.tailrace.benchmarks.BenchException;
import dev.tailrace.benchmarks.KafkaLoadPublisher;
import dev.tailrace.benchmarks.LoadPlan;
import dev.tailrace.benchmarks.LoadPublisher;
import dev.tailrace.benchmarks.LoadTarget;
import dev.tailrace.benchmarks.ProcessProbe;
import dev.tailrace.benchmarks.TailraceTarget;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.net.FreePorts;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The whole platform, as {@code ./tailrace dev} of this source tree starts it: an event goes
 * through Kafka, the dispatcher and the edge. The edge has the server's core, the rest the other
 * one.
 *
 * <p>Threading: as {@link PeerServer}.
 */
final class TailraceServer implements PeerServer {
  private static final List<String> PARTS = List.of("edge", "dispatcher", "broker");

  private final Child child;
  private final int port;
  private final int brokerPort;
  private final List<ProcessProbe> processes;

  /**
   * Starts it.
   *
   * @param root of the source tree
   */
  TailraceServer(Path root, Path folder, Cores cores) {
    port = FreePorts.one();
    brokerPort = FreePorts.one();
    child =
        Child.start(
            "tailrace",
            cores.both(),
            folder,
            List.of(
                root.resolve("tailrace").toString(),
                "dev",
                "--dev-sample-rate=0",
                "--dev-quick-start=false",
                "--dev-logs=" + folder,
                "--edge-port=" + port,
                "--edge-operator-port=" + FreePorts.one(),
                "--edge-max-connections=20000",
                "--edge-accept-rate=0",
                "--dispatcher-operator-port=" + FreePorts.one(),
                "--dev-network-port=" + FreePorts.one(),
                "--broker-port=" + brokerPort));
    child.awaitOutput("Ctrl-C stops");
    processes = PARTS.stream().map(this::probe).toList();
    Cores.pin(child.pid(), cores.others());
    for (ProcessProbe process : processes) {
      Cores.pin(process.pid(), process.name().equals("edge") ? cores.server() : cores.others());
    }
  }

  /** The process whose first argument, after the class that it runs, is this part's name. */
  private ProcessProbe probe(String part) {
    return child.descendants().stream()
        .filter(process -> isPart(process, part))
        .findFirst()
        .map(process -> new ProcessProbe(part, process.pid()))
        .orElseThrow(() -> new BenchException("the %s has no process".formatted(part)));
  }

  private static boolean isPart(ProcessHandle process, String part) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"))
          .contains(".TailraceMain\0" + part + "\0");
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public List<ProcessProbe> processes() {
    return processes;
  }

  @Override
  public LoadTarget target(Transport transport, LoadPlan plan) {
    return new TailraceTarget(
        URI.create("http://127.0.0.1:" + port),
        transport == Transport.SSE
            ? TailraceTarget.Transport.SSE
            : TailraceTarget.Transport.WEBSOCKET,
        plan,
        connection -> plan.personal() ? "user=" + TailraceTarget.addressName(connection) : "");
  }

  @Override
  public LoadPublisher publisher(LoadPlan plan) {
    return KafkaLoadPublisher.connect(kafka(), Topics.EVENTS, plan);
  }

  /** Straight to the lanes, for the edge alone. */
  KafkaLoadPublisher lanes(LoadPlan plan) {
    return KafkaLoadPublisher.connectToLanes(kafka(), plan);
  }

  private Map<String, Object> kafka() {
    return Map.of("bootstrap.servers", "127.0.0.1:" + brokerPort);
  }

  @Override
  public void close() {
    child.close();
  }
}
