package dev.tailrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.edge.auth.Tokens;
import dev.tailrace.edge.client.RawSocket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Opening, closing and broken frames, byte by byte (RFC 6455). */
class SocketFramesIT extends EdgeFixture {
  private static final String KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  private static final String UPGRADE = "Upgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n";
  private static final String VERSION = "Sec-WebSocket-Version: 13\r\n";
  private static final int CLOSE = 8;

  private final String query = "access_token=" + Tokens.subscribing("frames.user", "frames.*");

  @Test
  void shouldAnswerTheHandshakeOfTheRfc() throws Exception {
    String answer =
        ask(UPGRADE + KEY + VERSION + "Sec-WebSocket-Protocol: x, tailrace.v1.json\r\n");

    assertThat(answer)
        .startsWith("HTTP/1.1 101 ")
        .containsIgnoringCase("\r\nUpgrade: websocket\r\n")
        .containsIgnoringCase("\r\nConnection: Upgrade\r\n")
        .contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n")
        .contains("\r\nSec-WebSocket-Protocol: tailrace.v1.json\r\n")
        .doesNotContain("Sec-WebSocket-Extensions");
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "none",
      value = {
        "none, dGhlIHNhbXBsZSBub25jZQ==, 13, 426",
        "upgrade, dGhlIHNhbXBsZSBub25jZQ==, none, 426",
        "upgrade, dGhlIHNhbXBsZSBub25jZQ==, 8, 426",
        "upgrade, none, 13, 400",
        "upgrade, c2hvcnQ=, 13, 400",
        "upgrade, !, 13, 400",
      })
  void shouldSayWhatIsWrongWithAHandshake(String upgrade, String key, String version, int status)
      throws Exception {
    String answer =
        ask(
            (upgrade == null ? "" : UPGRADE)
                + (key == null ? "" : "Sec-WebSocket-Key: " + key + "\r\n")
                + (version == null ? "" : "Sec-WebSocket-Version: " + version + "\r\n")
                + "Connection: close\r\n");

    assertThat(answer).startsWith("HTTP/1.1 " + status + " ").contains("application/problem+json");
    assertThat(answer.contains("\r\nSec-WebSocket-Version: 13\r\n")).isEqualTo(status == 426);
  }

  @Test
  void shouldReadFramesThatComeWithTheHandshake() throws Exception {
    try (Socket socket = connect()) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      all.writeBytes(request(UPGRADE + KEY + VERSION));
      all.writeBytes(
          RawSocket.frame(
              RawSocket.TEXT, "{\"ping\":{\"ref\":5}}".getBytes(StandardCharsets.US_ASCII)));
      all.writeBytes(RawSocket.frame(CLOSE, new byte[] {0x03, (byte) 0xe8}));

      socket.getOutputStream().write(all.toByteArray());

      // Its last byte comes, and then the end: the server closes first.
      String answer =
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      assertThat(answer).startsWith("HTTP/1.1 101 ").endsWith("\u0088\u0002\u0003\u00e8");
    }
    await().atMost(PATIENCE).until(() -> edge.connections() == 0);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "a close without a code, 88 80 00000000, 0",
    "a going away, 88 82 00000000 03e9, 1001",
    "an application's code, 88 82 00000000 0fa0, 4000",
    "half a code, 88 81 00000000 03, 1002",
    "a code that may not be sent, 88 82 00000000 03ed, 1002",
    "a reason that is not UTF-8, 88 83 00000000 03e8 ff, 1007",
    "no mask, 81 02 7b7d, 1002",
    "RSV1 without an extension, c1 82 00000000 7b7d, 1002",
    "an unknown opcode, 83 80 00000000, 1002",
    "a continuation of nothing, 80 80 00000000, 1002",
    "a message inside a message, 01 81 00000000 7b 81 81 00000000 7d, 1002",
    "a ping of 126 bytes, 89 fe 007e 00000000, 1002",
  })
  void shouldCloseWithTheCodeThatSaysWhy(String what, String hex, int code) throws Exception {
    try (RawSocket socket = RawSocket.open(edge.port(), query)) {
      socket.read(); // the welcome

      socket.send(HexFormat.of().parseHex(hex.replace(" ", "")));

      assertThat(socket.readCloseCode()).as(what).isEqualTo(code);
    }
    await().atMost(PATIENCE).until(() -> edge.connections() == 0);
  }

  @Test
  void shouldGiveAClientTimeToSendTheRestAndThenCutIt() throws Exception {
    byte[] part = new byte[64 << 10];
    try (RawSocket socket = RawSocket.open(edge.port(), query)) {
      socket.read();
      socket.send(HexFormat.of().parseHex("8380")); // nothing that can be read comes after this
      socket.send(part);
      assertThat(socket.readCloseCode()).isEqualTo(1002);

      long sent = 0;
      try {
        while (true) {
          socket.send(part);
          sent += part.length;
        }
      } catch (IOException e) {
        assertThat(sent).as("bytes taken after the close").isPositive();
      }
    }
    await().atMost(PATIENCE).until(() -> edge.connections() == 0);
  }

  @Test
  void shouldTakeAMessageOfManySmallFragmentsWithPingsBetween() throws Exception {
    try (RawSocket socket = RawSocket.open(edge.port(), query)) {
      socket.read();
      byte[] message = "{\"ping\":{\"ref\":11}}".getBytes(StandardCharsets.US_ASCII);
      for (int i = 0; i < message.length; i++) {
        byte[] one = {message[i]};
        int opCode = i == 0 ? RawSocket.TEXT : RawSocket.CONTINUATION;
        boolean last = i == message.length - 1;
        socket.send(last ? RawSocket.frame(opCode, one) : RawSocket.fragment(opCode, one));
        socket.send(RawSocket.frame(RawSocket.PING, one));
      }

      ByteArrayOutputStream pongs = new ByteArrayOutputStream();
      String answer = "";
      while (answer.isEmpty() || pongs.size() < message.length) {
        RawSocket.Received frame = socket.read();
        if (frame.opcode() == RawSocket.PONG) {
          ByteBuffer payload = frame.payload();
          assertThat(payload.remaining()).isEqualTo(1);
          pongs.write(payload.get());
        } else {
          answer = frame.text();
        }
      }
      assertThat(answer).isEqualTo("{\"pong\":{\"ref\":11}}");
      assertThat(pongs.toByteArray()).isEqualTo(message);
    }
  }

  private String ask(String headers) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(request(headers));
      StringBuilder answer = new StringBuilder();
      while (answer.indexOf("\r\n\r\n") < 0) {
        answer.append((char) socket.getInputStream().read());
      }
      return answer.toString();
    }
  }

  private static Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), edge.port());
    socket.setSoTimeout((int) PATIENCE.toMillis());
    return socket;
  }

  private byte[] request(String headers) {
    return "GET /v1/socket?%s HTTP/1.1\r\nHost: localhost\r\n%s\r\n"
        .formatted(query, headers)
        .getBytes(StandardCharsets.US_ASCII);
  }
}
