package dev.tailrace.benchmarks.peers;

import dev.tailrace.benchmarks.LoadPlan;
import dev.tailrace.benchmarks.LoadPublisher;
import dev.tailrace.benchmarks.LoadTarget;
import dev.tailrace.benchmarks.LoadTarget.Framing;
import dev.tailrace.benchmarks.ProcessProbe;
import dev.tailrace.benchmarks.Stamp;
import dev.tailrace.benchmarks.TailraceTarget;
import dev.tailrace.support.net.FreePorts;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * {@link BareJetty} in a process of its own, with the JVM options of an edge.
 *
 * <p>Threading: as {@link PeerServer}.
 */
final class BareJettyServer implements PeerServer {
  private final Child child;
  private final int port;
  private final int publishPort;

  BareJettyServer(Path folder, Cores cores) {
    port = FreePorts.one();
    publishPort = FreePorts.one();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JvmOptions.EDGE);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(BareJetty.class.getName());
    command.add(Integer.toString(port));
    command.add(Integer.toString(publishPort));
    child = Child.start("jetty", cores.both(), folder, command);
    child.awaitPort(port);
    Cores.pin(child.pid(), cores.server());
  }

  @Override
  public List<ProcessProbe> processes() {
    return List.of(new ProcessProbe("server", child.pid()));
  }

  @Override
  public LoadTarget target(Transport transport, LoadPlan plan) {
    return target(port, transport, plan);
  }

  /** Of one that listens there. */
  static LoadTarget target(int port, Transport transport, LoadPlan plan) {
    return switch (transport) {
      case SSE ->
          new PeerTarget(
              port, Framing.EVENT_STREAM, i -> "/sse?" + name(i, plan), BareSseHandler.HELLO);
      case WS ->
          new PeerTarget(
              port, Framing.WEBSOCKET_TEXT, i -> "/ws?" + name(i, plan), BareSocketHandler.HELLO);
    };
  }

  private static String name(int connection, LoadPlan plan) {
    return TailraceTarget.addressName(plan.addressOf(connection));
  }

  @Override
  public LoadPublisher publisher(LoadPlan plan) {
    return publisher(publishPort, plan);
  }

  /** To one that takes events there. */
  static LoadPublisher publisher(int publishPort, LoadPlan plan) {
    byte[] data = Stamp.data(plan.payloadBytes());
    byte[][] messages = new byte[plan.addresses()][];
    for (int i = 0; i < messages.length; i++) {
      byte[] name = TailraceTarget.addressName(i).getBytes(StandardCharsets.US_ASCII);
      messages[i] =
          ByteBuffer.allocate(2 + name.length + 4 + data.length)
              .putShort((short) name.length)
              .put(name)
              .putInt(data.length)
              .put(data)
              .array();
    }
    return new SocketPublisher(PeerTarget.loopback(publishPort), "", messages, List.of());
  }

  @Override
  public void close() {
    child.close();
  }
}
