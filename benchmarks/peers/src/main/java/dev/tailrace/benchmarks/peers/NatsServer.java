package dev.tailrace.benchmarks.peers;

import dev.tailrace.benchmarks.BenchException;
import dev.tailrace.benchmarks.LoadPlan;
import dev.tailrace.benchmarks.LoadPublisher;
import dev.tailrace.benchmarks.LoadTarget;
import dev.tailrace.benchmarks.LoadTarget.Framing;
import dev.tailrace.benchmarks.ProcessProbe;
import dev.tailrace.benchmarks.Stamp;
import dev.tailrace.benchmarks.TailraceTarget;
import dev.tailrace.support.net.FreePorts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A NATS server: core NATS over WebSocket, a subject per channel or user. Events come in over its
 * own port.
 *
 * <p>Threading: as {@link PeerServer}.
 */
final class NatsServer implements PeerServer {
  private static final String PROGRAM = "nats-server";

  private final Child child;
  private final int port;
  private final int webSocketPort;

  NatsServer(Path folder, Cores cores) {
    port = FreePorts.one();
    webSocketPort = FreePorts.one();
    Path config = folder.resolve("nats.conf");
    try {
      Files.writeString(config, config(port, webSocketPort));
    } catch (IOException e) {
      throw new BenchException("%s cannot be written".formatted(config), e);
    }
    // Go counts its cores at its start: it gets the one that it will have.
    child = Child.start("nats", cores.server(), folder, List.of(PROGRAM, "-c", config.toString()));
    child.awaitPort(port);
    child.awaitPort(webSocketPort);
  }

  /**
   * The defaults (65,536 connections, 64 MB pending for each) but for these: pings, which no client
   * here answers, begin after the run; nothing is compressed, as nowhere else here.
   */
  static String config(int port, int webSocketPort) {
    return """
    listen: "127.0.0.1:%d"
    ping_interval: "12h"
    websocket {
      listen: "127.0.0.1:%d"
      no_tls: true
      compression: false
    }
    """
        .formatted(port, webSocketPort);
  }

  @Override
  public List<ProcessProbe> processes() {
    return List.of(new ProcessProbe("server", child.pid()));
  }

  @Override
  public LoadTarget target(Transport transport, LoadPlan plan) {
    if (transport != Transport.WS) {
      throw new BenchException("NATS speaks WebSocket only");
    }
    return new PeerTarget(
        PeerTarget.loopback(webSocketPort),
        Framing.WEBSOCKET_BINARY,
        connection -> "/",
        connection -> subscribe(TailraceTarget.addressName(plan.addressOf(connection))),
        "PONG\r\n");
  }

  /** Its PONG comes after the subscription has been made. */
  static byte[] subscribe(String subject) {
    return "CONNECT {\"verbose\":false,\"pedantic\":false}\r\nSUB %s 1\r\nPING\r\n"
        .formatted(subject)
        .getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public LoadPublisher publisher(LoadPlan plan) {
    String data = new String(Stamp.data(plan.payloadBytes()), StandardCharsets.US_ASCII);
    byte[][] messages = new byte[plan.addresses()][];
    for (int i = 0; i < messages.length; i++) {
      messages[i] =
          "PUB %s %d\r\n%s\r\n"
              .formatted(TailraceTarget.addressName(i), data.length(), data)
              .getBytes(StandardCharsets.US_ASCII);
    }
    return new SocketPublisher(
        PeerTarget.loopback(port),
        "CONNECT {\"verbose\":false,\"pedantic\":false}\r\n",
        messages,
        List.of("-ERR"));
  }

  static String version() {
    return Versions.of(PROGRAM, "--version");
  }

  @Override
  public void close() {
    child.close();
  }
}
