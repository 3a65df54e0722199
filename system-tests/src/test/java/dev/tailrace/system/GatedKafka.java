package dev.tailrace.system;

import dev.tailrace.infra.kafka.EmbeddedKafka;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An embedded Kafka that all clients reach through a gate, which can hold one write to the lanes
 * back: it is on its way then, and arrives when a test wants it to, whatever has become of its
 * writer.
 *
 * <p>Threading: one test thread; two for each connection.
 */
final class GatedKafka implements AutoCloseable {
  private static final short PRODUCE = 0;

  /** How the dispatcher's pumps call the client that writes to the lanes. */
  private static final String LANE_CLIENT = "-lanes";

  private final ServerSocket gate;
  private final EmbeddedKafka kafka;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final AtomicBoolean armed = new AtomicBoolean();
  private final CountDownLatch held = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);

  private GatedKafka(ServerSocket gate, EmbeddedKafka kafka) {
    this.gate = gate;
    this.kafka = kafka;
  }

  static GatedKafka start() throws IOException {
    ServerSocket gate = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    String advertised = "PLAINTEXT://127.0.0.1:" + gate.getLocalPort();
    EmbeddedKafka kafka = EmbeddedKafka.start(0, null, Map.of("advertised.listeners", advertised));
    GatedKafka gated = new GatedKafka(gate, kafka);
    Thread.startVirtualThread(gated::accept);
    return gated;
  }

  String bootstrapServers() {
    return "127.0.0.1:" + gate.getLocalPort();
  }

  /** The next write to the lanes stops at the gate, and whatever follows on its connection. */
  void holdNextWrite() {
    armed.set(true);
  }

  /** Waits until a write is held. */
  void awaitHeld() throws InterruptedException {
    if (!held.await(60, TimeUnit.SECONDS)) {
      throw new AssertionError("no client named *" + LANE_CLIENT + " wrote anything");
    }
  }

  /** Lets it through. */
  void release() {
    released.countDown();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = gate.accept();
        Socket broker = new Socket();
        sockets.addAll(List.of(client, broker));
        broker.connect(address(kafka.bootstrapServers()));
        client.setTcpNoDelay(true);
        broker.setTcpNoDelay(true);
        Thread.startVirtualThread(() -> run(client, broker, () -> forward(client, broker)));
        Thread.startVirtualThread(
            () ->
                run(
                    client,
                    broker,
                    () -> broker.getInputStream().transferTo(client.getOutputStream())));
      }
    } catch (IOException e) {
      release();
    }
  }

  private static InetSocketAddress address(String hostAndPort) {
    int colon = hostAndPort.lastIndexOf(':');
    return new InetSocketAddress(
        hostAndPort.substring(0, colon), Integer.parseInt(hostAndPort.substring(colon + 1)));
  }

  private interface Transfer {
    void run() throws IOException, InterruptedException;
  }

  /** Until one side closes; the other one is then closed too. */
  private static void run(Socket client, Socket broker, Transfer transfer) {
    try (client;
        broker) {
      transfer.run();
    } catch (IOException e) {
      // One of them has left.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void forward(Socket client, Socket broker) throws IOException, InterruptedException {
    DataInputStream in = new DataInputStream(client.getInputStream());
    DataOutputStream out = new DataOutputStream(broker.getOutputStream());
    while (true) {
      byte[] request = new byte[in.readInt()];
      in.readFully(request);
      if (isLaneWrite(request) && armed.compareAndSet(true, false)) {
        held.countDown();
        released.await();
      }
      byte[] framed =
          ByteBuffer.allocate(4 + request.length).putInt(request.length).put(request).array();
      out.write(framed);
    }
  }

  /** A request begins with its kind, version and number, then the name of the client. */
  private static boolean isLaneWrite(byte[] request) {
    ByteBuffer header = ByteBuffer.wrap(request);
    if (header.getShort(0) != PRODUCE) {
      return false;
    }
    int nameLength = header.getShort(8);
    return new String(request, 10, nameLength, StandardCharsets.UTF_8).endsWith(LANE_CLIENT);
  }

  @Override
  public void close() throws IOException {
    kafka.close();
    gate.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
