package dev.tailrace.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.benchmarks.Stamp;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class SocketPublisherTest {
  private static final int DATA_BYTES = 100;

  private ServerSocket server;

  @BeforeEach
  void listen() throws Exception {
    server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void close() throws Exception {
    server.close();
  }

  private SocketPublisher publisher(String greeting, List<String> failureMarks) {
    byte[][] messages = {message("a"), message("b")};
    return new SocketPublisher(
        (InetSocketAddress) server.getLocalSocketAddress(), greeting, messages, failureMarks);
  }

  private static byte[] message(String name) {
    String data = new String(Stamp.data(DATA_BYTES), StandardCharsets.US_ASCII);
    return (name + ":" + data + "\n").getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void shouldHoldEventsBackUntilTheyAreFlushed() throws Exception {
    try (SocketPublisher publisher = publisher("hello\n", List.of());
        Socket peer = server.accept()) {
      publisher.publish(0, 0xabcL, 1);
      publisher.publish(1, 0xdefL, 2);
      publisher.publish(0, 0x123L, 3);
      publisher.flush();

      int bytes = "hello\n".length() + 3 * message("a").length;
      String sent = new String(peer.getInputStream().readNBytes(bytes), StandardCharsets.US_ASCII);
      assertThat(sent.lines())
          .satisfiesExactly(
              line -> assertThat(line).isEqualTo("hello"),
              line -> assertThat(line).startsWith("a:").contains("abc0000000000000001\""),
              line -> assertThat(line).startsWith("b:").contains("def0000000000000002\""),
              line -> assertThat(line).startsWith("a:").contains("1230000000000000003\""));
    }
  }

  @Test
  void shouldSendAFullBufferByItself() throws Exception {
    try (SocketPublisher publisher = publisher("", List.of());
        Socket peer = server.accept()) {
      for (int i = 0; i < 1_000; i++) {
        publisher.publish(0, i, i);
      }

      // 64 KiB hold about 600 of these.
      assertThat(peer.getInputStream().readNBytes(60_000)).hasSize(60_000);
    }
  }

  @Test
  void shouldCountWhatTheServerDoesNotTake() throws Exception {
    try (SocketPublisher publisher = publisher("", List.of("HTTP/1.1 4", "HTTP/1.1 5"));
        Socket peer = server.accept()) {
      peer.getOutputStream()
          .write(
              "HTTP/1.1 202 Accepted\r\n\r\nHTTP/1.1 503 Full\r\n\r\nHTTP/1.1 413 Long\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));

      while (publisher.failures() < 2) {
        Thread.onSpinWait();
      }
      assertThat(publisher.failures()).isEqualTo(2);
    }
  }
}
