package dev.tailrace.benchmarks;

import dev.tailrace.benchmarks.LoadTarget.Framing;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * How many deliveries the load client takes per second of its own processor time, from a server
 * that only copies bytes: that it is not the client that a run measures. One line for each framing
 * and number of events per write.
 */
public final class ClientCapacity {
  private static final int CONNECTIONS = 50;
  private static final int PAYLOAD_BYTES = 256;
  private static final int[] BATCHES = {1, 16, 128};
  private static final long WARMUP_NS = 2_000_000_000L;
  private static final long MEASURED_NS = 4_000_000_000L;
  private static final String READY = "ready";
  private static final int LONGEST_SHORT_FRAME = 125;

  private ClientCapacity() {}

  /** Runs it; there are no arguments. */
  public static void main(String[] args) throws IOException {
    for (Framing framing : new Framing[] {Framing.EVENT_STREAM, Framing.WEBSOCKET_TEXT}) {
      for (int batch : BATCHES) {
        measure(framing, batch);
      }
    }
  }

  private record Target(InetSocketAddress address, Framing framing) implements LoadTarget {
    @Override
    public String path(int connection) {
      return "/";
    }

    @Override
    public String readyMark() {
      return READY;
    }
  }

  private static void measure(Framing framing, int batch) throws IOException {
    LoadPlan plan =
        new LoadPlan(CONNECTIONS, CONNECTIONS, true, 1, PAYLOAD_BYTES, 1, 0, 0, 0, CONNECTIONS);
    try (ServerSocketChannel server =
        ServerSocketChannel.open()
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
      Thread.ofPlatform().daemon().start(() -> accept(server, framing, batch));
      Target target = new Target((InetSocketAddress) server.getLocalAddress(), framing);
      try (LoadClient client =
          LoadClient.start(target, plan, new Published(CONNECTIONS), 0, Duration.ofSeconds(60))) {
        client.open().join();
        LockSupport.parkNanos(WARMUP_NS);
        long deliveredBefore = client.counts().join().tally().delivered;
        long cpuBeforeNs = client.cpuNs();
        LockSupport.parkNanos(MEASURED_NS);
        long delivered = client.counts().join().tally().delivered - deliveredBefore;
        double cpuSeconds = (client.cpuNs() - cpuBeforeNs) / 1e9;
        System.out.printf(
            "%-15s %3d events per write: %,.0f deliveries per CPU second of the client,"
                + " which was busy for %.0f %%%n",
            framing, batch, delivered / cpuSeconds, 100e9 * cpuSeconds / MEASURED_NS);
      }
    }
  }

  private static void accept(ServerSocketChannel server, Framing framing, int batch) {
    try {
      while (true) {
        SocketChannel connection = server.accept();
        Thread.ofPlatform().daemon().start(() -> blast(connection, framing, batch));
      }
    } catch (IOException e) {
      // Closed: measured.
      return;
    }
  }

  private static void blast(SocketChannel connection, Framing framing, int batch) {
    try (connection) {
      connection.read(ByteBuffer.allocate(1 << 10));
      boolean socket = framing != Framing.EVENT_STREAM;
      connection.write(
          ByteBuffer.wrap(
              Stamp.ascii(
                  socket
                      ? "HTTP/1.1 101 Switching Protocols\r\n\r\n"
                      : "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")));
      connection.write(ByteBuffer.wrap(framed(Stamp.ascii(READY), socket)));
      byte[] event = framed(Stamp.data(PAYLOAD_BYTES), socket);
      int digitsAt = Stamp.digitsAt(event);
      ByteBuffer bytes = ByteBuffer.allocateDirect(batch * event.length);
      for (long sequence = 0; true; ) {
        bytes.clear();
        for (int i = 0; i < batch; i++) {
          Stamp.write(event, digitsAt, sequence++, System.nanoTime());
          bytes.put(event);
        }
        bytes.flip();
        while (bytes.hasRemaining()) {
          connection.write(bytes);
        }
      }
    } catch (IOException e) {
      // The client went away: measured.
      return;
    }
  }

  private static byte[] framed(byte[] payload, boolean socket) {
    if (!socket) {
      String line = "data: %s\n\n".formatted(new String(payload, StandardCharsets.US_ASCII));
      return Stamp.ascii("%x\r\n%s\r\n".formatted(line.length(), line));
    }
    boolean isShort = payload.length <= LONGEST_SHORT_FRAME;
    ByteBuffer frame = ByteBuffer.allocate((isShort ? 2 : 4) + payload.length).put((byte) 0x81);
    if (isShort) {
      frame.put((byte) payload.length);
    } else {
      frame.put((byte) 126).putShort((short) payload.length);
    }
    return frame.put(payload).array();
  }
}
