package dev.tailrace.benchmarks.peers;

import dev.tailrace.benchmarks.BenchException;
import dev.tailrace.benchmarks.LoadPublisher;
import dev.tailrace.benchmarks.MarkFinder;
import dev.tailrace.benchmarks.Stamp;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes events to a TCP socket without waiting for answers. Each address has its message ready,
 * and only its stamp is overwritten. Messages are held back until nothing more is due or the buffer
 * is full. What the server says is read and thrown away, but for what tells of a failure.
 *
 * <p>Threading: one thread publishes; a thread of its own reads.
 */
final class SocketPublisher implements LoadPublisher {
  private static final int BUFFER_BYTES = 64 << 10;

  private final Socket socket;
  private final OutputStream out;
  private final byte[][] messages;
  private final int[] digitsAt;
  private final List<MarkFinder> failureMarks;
  private final byte[] buffer;
  private int buffered;
  private final AtomicLong failures = new AtomicLong();

  /**
   * Connects.
   *
   * @param greeting said at once, once
   * @param messages what publishes to address i: {@link Stamp#data} with what goes around it
   * @param failureMarks what the server says of an event that it does not take
   * @throws BenchException when it cannot connect
   */
  SocketPublisher(
      InetSocketAddress server, String greeting, byte[][] messages, List<String> failureMarks) {
    this.messages = messages;
    digitsAt = new int[messages.length];
    int longest = 0;
    for (int i = 0; i < messages.length; i++) {
      digitsAt[i] = Stamp.digitsAt(messages[i]);
      longest = Math.max(longest, messages[i].length);
    }
    buffer = new byte[Math.max(BUFFER_BYTES, longest)];
    this.failureMarks =
        failureMarks.stream()
            .map(mark -> new MarkFinder(mark.getBytes(StandardCharsets.US_ASCII)))
            .toList();
    try {
      socket = new Socket(server.getAddress(), server.getPort());
      socket.setTcpNoDelay(true);
      out = socket.getOutputStream();
      out.write(greeting.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new BenchException("%s takes no events: %s".formatted(server, e.getMessage()), e);
    }
    Thread.ofPlatform().daemon().name("publisher-answers").start(this::readAnswers);
  }

  private void readAnswers() {
    byte[] answers = new byte[BUFFER_BYTES];
    try {
      InputStream in = socket.getInputStream();
      for (int count = in.read(answers); count >= 0; count = in.read(answers)) {
        for (int i = 0; i < count; i++) {
          for (MarkFinder mark : failureMarks) {
            if (mark.isEndedBy(answers[i])) {
              failures.incrementAndGet();
            }
          }
        }
      }
    } catch (IOException e) {
      if (!socket.isClosed()) {
        failures.incrementAndGet();
      }
    }
  }

  @Override
  public void publish(int address, long sequence, long dueNs) {
    byte[] message = messages[address];
    if (buffered + message.length > buffer.length) {
      flush();
    }
    Stamp.write(message, digitsAt[address], sequence, dueNs);
    System.arraycopy(message, 0, buffer, buffered, message.length);
    buffered += message.length;
  }

  @Override
  public void flush() {
    try {
      if (buffered > 0) {
        out.write(buffer, 0, buffered);
      }
    } catch (IOException e) {
      failures.incrementAndGet();
    }
    buffered = 0;
  }

  @Override
  public long failures() {
    return failures.get();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
