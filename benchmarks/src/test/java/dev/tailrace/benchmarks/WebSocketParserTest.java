package dev.tailrace.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class WebSocketParserTest {
  private static final String STAMP = "\"stamp\":\"00000000000000010000000000000002";

  private final ByteArrayOutputStream stream = new ByteArrayOutputStream();

  private void frame(int first, String payload) {
    stream.write(first);
    int length = payload.length();
    if (length < 126) {
      stream.write(length);
    } else if (length < 65_536) {
      stream.writeBytes(HexFormat.of().parseHex("7e%04x".formatted(length)));
    } else {
      stream.writeBytes(HexFormat.of().parseHex("7f%016x".formatted(length)));
    }
    stream.writeBytes(Stamp.ascii(payload));
  }

  private void assertSeen(String... expected) {
    Cuts.each(
        stream.toByteArray(),
        feed -> {
          CapturingSink sink = new CapturingSink();
          StreamParser parser =
              new WebSocketParser(sink, new StampScanner(0), Stamp.ascii("{\"welcome\""));
          feed.accept((bytes, to) -> parser.parse(bytes, 0, to));
          assertThat(sink.seen).containsExactly(expected);
        });
  }

  @Test
  void shouldFindStampsInFramesOfEveryLength() {
    frame(0x81, "{\"welcome\":{\"cursor\":\"\"}}");
    frame(0x81, "{" + STAMP + "\"}");
    frame(0x82, "x".repeat(200) + STAMP + STAMP + "\"}");
    frame(0x81, "");

    assertSeen("ready", "stamp 1 2", "stamp 1 2", "stamp 1 2");
  }

  /** As NATS does: some messages in one frame, one message in several, and lines around them. */
  @Test
  void shouldFindStampsInMessagesThatAreNoFrames() {
    int filler = 20;
    String message = "MSG news 1 67\r\n{" + STAMP + "x".repeat(filler) + "\r\n";
    String text = "INFO {\"x\":1}\r\nPONG\r\n" + message + message + "PING\r\n" + message;
    for (int cut = 1; cut < text.length(); cut += 7) {
      stream.reset();
      frame(0x82, text.substring(0, cut));
      frame(0x82, text.substring(cut));

      Cuts.each(
          stream.toByteArray(),
          feed -> {
            CapturingSink sink = new CapturingSink();
            StreamParser parser =
                new WebSocketParser(sink, new StampScanner(filler), Stamp.ascii("PONG\r\n"));
            feed.accept((bytes, to) -> parser.parse(bytes, 0, to));
            assertThat(sink.seen).containsExactly("ready", "stamp 1 2", "stamp 1 2", "stamp 1 2");
          });
    }
  }

  @Test
  void shouldReadALengthOfEightBytes() {
    frame(0x81, "x".repeat(65_536) + STAMP);
    CapturingSink sink = new CapturingSink();
    StreamParser parser = new WebSocketParser(sink, new StampScanner(0), Stamp.ascii("w"));

    parser.parse(ByteBuffer.wrap(stream.toByteArray()), 0, stream.size());

    assertThat(sink.seen).containsExactly("stamp 1 2");
  }

  @Test
  void shouldFindAStampInAMessageOfSeveralFramesWithAPingBetween() {
    frame(0x01, "{" + STAMP.substring(0, 15));
    frame(0x89, "are you there");
    frame(0x80, STAMP.substring(15) + "\"}");
    frame(0x89, "");
    frame(0x8a, "unasked for");

    assertSeen("ping are you there", "stamp 1 2", "ping ");
  }

  @Test
  void shouldTellTheCloseCodeAndReadNoFurther() {
    stream.writeBytes(HexFormat.of().parseHex("880203e9"));
    frame(0x81, STAMP);

    assertSeen("end: closed with code 1001");
  }

  @Test
  void shouldTellACloseWithoutCode() {
    frame(0x88, "");

    assertSeen("end: closed without a code");
  }

  @Test
  void shouldRefuseWhatAServerMayNotSend() {
    stream.writeBytes(HexFormat.of().parseHex("8180000000000000"));
    assertSeen("end: a masked frame");

    stream.reset();
    frame(0xc1, STAMP);
    assertSeen("end: a frame with reserved bits");

    stream.reset();
    frame(0x89, "x".repeat(126));
    assertSeen("end: a control frame of 126 bytes");
  }
}
