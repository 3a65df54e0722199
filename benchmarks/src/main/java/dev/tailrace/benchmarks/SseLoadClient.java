package dev.tailrace.benchmarks;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/**
 * Many event streams on one thread. A delivery's latency is the time it was read less the time its
 * event was to be sent, so a publisher or a client that falls behind shows (no coordinated
 * omission).
 *
 * <p>Threading: {@link #connect} on the caller's thread, then one thread of its own.
 */
final class SseLoadClient implements AutoCloseable {
  private static final int READ_BYTES = 256 << 10;
  private static final int OPENED_WITHIN_S = 60;

  private final LoadPlan plan;
  private final Selector selector = Selector.open();
  private final List<SocketChannel> channels = new ArrayList<>();
  private final Histogram latencies = new Histogram(60_000_000_000L, 3);
  private final AtomicBoolean running = new AtomicBoolean(true);
  private final Thread thread = new Thread(this::run, "load-client");
  private volatile long countFromNs = Long.MAX_VALUE;
  private volatile long countToNs = Long.MAX_VALUE;
  private final AtomicLong received = new AtomicLong();
  private final AtomicLong lost = new AtomicLong();

  SseLoadClient(LoadPlan plan) throws IOException {
    this.plan = plan;
  }

  /** Opens all streams and waits for the first block of each. */
  void connect() throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BYTES);
    for (int i = 0; i < plan.connections(); i++) {
      SocketChannel channel = SocketChannel.open(new InetSocketAddress(plan.host(), plan.port()));
      String request =
          "GET %s HTTP/1.1\r\nHost: %s\r\nAccept: text/event-stream\r\n\r\n"
              .formatted(plan.path(i), plan.host());
      channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
      channels.add(channel);
    }
    long deadline = System.nanoTime() + OPENED_WITHIN_S * 1_000_000_000L;
    for (SocketChannel channel : channels) {
      StringBuilder head = new StringBuilder();
      while (!head.toString().contains("tailrace.cursor")) {
        buffer.clear();
        if (channel.read(buffer) < 0 || System.nanoTime() > deadline) {
          throw new IOException("a stream did not open: " + head);
        }
        head.append(StandardCharsets.UTF_8.decode(buffer.flip()));
      }
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ, new StampScanner());
    }
    thread.start();
  }

  /** Counts only events that were to be sent between these two moments. */
  void count(long fromNs, long toNs) {
    countToNs = toNs;
    countFromNs = fromNs;
  }

  private void run() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BYTES);
    try {
      while (running.get()) {
        selector.select(key -> read(key, buffer), 100);
      }
    } catch (IOException e) {
      throw new IllegalStateException("the client failed", e);
    }
  }

  private void read(SelectionKey key, ByteBuffer buffer) {
    buffer.clear();
    try {
      if (((SocketChannel) key.channel()).read(buffer) < 0) {
        key.cancel();
        lost.incrementAndGet();
        return;
      }
    } catch (IOException e) {
      key.cancel();
      lost.incrementAndGet();
      return;
    }
    long nowNs = System.nanoTime();
    ((StampScanner) key.attachment()).scan(buffer.flip(), sentNs -> record(sentNs, nowNs));
  }

  private void record(long sentNs, long nowNs) {
    if (sentNs >= countFromNs && sentNs < countToNs) {
      latencies.recordValue(Math.clamp(nowNs - sentNs, 0L, latencies.getHighestTrackableValue()));
      received.incrementAndGet();
    }
  }

  long received() {
    return received.get();
  }

  long lostConnections() {
    return lost.get();
  }

  /** Complete once the client is closed. */
  Histogram latencies() {
    return latencies;
  }

  @Override
  public void close() throws IOException {
    running.set(false);
    selector.wakeup();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (SocketChannel channel : channels) {
      channel.close();
    }
    selector.close();
  }
}
