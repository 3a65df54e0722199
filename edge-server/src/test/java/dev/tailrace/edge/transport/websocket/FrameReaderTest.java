package dev.tailrace.edge.transport.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tailrace.edge.connection.DisconnectReason;
import dev.tailrace.edge.transport.websocket.MessageAssembler.RefusedMessageException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.OpCode;
import org.eclipse.jetty.websocket.core.internal.Generator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameReaderTest {
  private static final int RSV1 = 0x40;
  private static final byte[] MASK = {(byte) 0x81, 0x12, (byte) 0xf3, 0x44};

  private final FrameReader reader = new FrameReader(false);

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 4, 125, 126, 127, 65_535, 65_536, 70_001})
  void shouldReadAMessageOfAnyLength(int length) throws Exception {
    byte[] payload = new byte[length];
    new Random(length).nextBytes(payload);
    ByteBuffer in = frame(OpCode.BINARY, true, payload);

    ReceivedFrame frame = reader.next(in);

    assertThat(frame).isNotNull();
    assertThat(frame.opCode()).isEqualTo(OpCode.BINARY);
    assertThat(frame.fin()).isTrue();
    assertThat(frame.compressed()).isFalse();
    assertThat(frame.payload()).isEqualTo(ByteBuffer.wrap(payload));
    assertThat(reader.next(in)).isNull();
    assertThat(in.hasRemaining()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 7, 64, 1_000})
  void shouldReadTheSameHoweverItsBytesComeIn(int pieceBytes) throws Exception {
    String text = "0123456789".repeat(20);
    ByteBuffer in = ByteBuffer.allocate(4_000);
    in.put(frame(OpCode.TEXT, false, text))
        .put(frame(OpCode.PING, true, "are you there?"))
        .put(frame(OpCode.CONTINUATION, false, ""))
        .put(frame(OpCode.CONTINUATION, true, text))
        .put(frame(OpCode.TEXT, true, ""))
        .put(frame(OpCode.PONG, true, ""))
        .put(frame(OpCode.TEXT, true, "end"))
        .flip();

    List<String> read = new ArrayList<>();
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    boolean within = false;
    while (in.hasRemaining()) {
      byte[] piece = new byte[Math.min(pieceBytes, in.remaining())];
      in.get(piece);
      ByteBuffer come = ByteBuffer.wrap(piece);
      for (ReceivedFrame f = reader.next(come); f != null; f = reader.next(come)) {
        String part = StandardCharsets.UTF_8.decode(f.payload().duplicate()).toString();
        if (f.opCode() >= OpCode.CLOSE) {
          read.add(f.opCode() + ":" + part);
          continue;
        }
        assertThat(f.opCode()).isEqualTo(within ? OpCode.CONTINUATION : OpCode.TEXT);
        message.writeBytes(part.getBytes(StandardCharsets.UTF_8));
        within = !f.fin();
        if (f.fin()) {
          read.add(message.toString(StandardCharsets.UTF_8));
          message.reset();
        }
      }
    }

    assertThat(read).containsExactly("9:are you there?", text + text, "", "10:", "end");
  }

  @Test
  void shouldHandOnAPieceOfAFrameWithoutWaitingForTheRest() throws Exception {
    ByteBuffer head =
        ByteBuffer.wrap(new byte[] {(byte) 0x81, (byte) 0xff, 0, 0, 0, 2, 0, 0, 0, 0});

    assertThat(reader.next(head)).as("a header that claims 8 GiB").isNull();
    assertThat(reader.next(ByteBuffer.wrap(MASK))).isNull();
    ReceivedFrame piece = reader.next(masked("a piece"));

    assertThat(piece).isNotNull();
    assertThat(piece.opCode()).isEqualTo(OpCode.TEXT);
    assertThat(piece.fin()).isFalse();
    assertThat(StandardCharsets.UTF_8.decode(piece.payload()).toString()).isEqualTo("a piece");
  }

  @Test
  void shouldSayWhichMessageIsCompressed() throws Exception {
    FrameReader compressed = new FrameReader(true);
    ByteBuffer first = frame(OpCode.TEXT, false, "one");
    first.put(0, (byte) (first.get(0) | RSV1));

    assertThat(compressed.next(first).compressed()).isTrue();
    assertThat(compressed.next(frame(OpCode.CONTINUATION, true, "two")).compressed()).isFalse();
    assertThat(compressed.next(frame(OpCode.TEXT, true, "three")).compressed()).isFalse();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "no mask,              81 02 7b7d",
    "RSV2,                 a1 80 00000000",
    "RSV3,                 91 80 00000000",
    "RSV1,                 c1 80 00000000",
    "opcode 3,             83 80 00000000",
    "opcode 7,             87 80 00000000",
    "opcode 11,            8b 80 00000000",
    "opcode 15,            8f 80 00000000",
    "a ping in fragments,  09 80 00000000",
    "a close of 126 bytes, 88 fe 007e 00000000",
    "a ping of 64 KiB,     89 ff 0000000000010000 00000000",
    "RSV1 on a ping,       c9 80 00000000",
    "goes on with nothing, 80 80 00000000",
    "a negative length,    81 ff 8000000000000000 00000000",
  })
  void shouldRefuseWhatMayNotBeAFrame(String what, String hex) {
    ByteBuffer in = ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", "")));

    RefusedMessageException refusal =
        catchThrowableOfType(RefusedMessageException.class, () -> reader.next(in));

    assertThat(refusal).as(what).isNotNull();
    assertThat(refusal.reason()).isEqualTo(DisconnectReason.PROTOCOL_ERROR);
  }

  @Test
  void shouldRefuseAMessageInsideAMessage() throws Exception {
    reader.next(frame(OpCode.TEXT, false, "one"));

    assertThat(
            catchThrowableOfType(
                RefusedMessageException.class, () -> reader.next(frame(OpCode.TEXT, true, "two"))))
        .isNotNull();
  }

  @Test
  void shouldTakeRsv1OnNoOtherFrameThanAMessagesFirst() throws Exception {
    FrameReader compressed = new FrameReader(true);
    compressed.next(frame(OpCode.TEXT, false, "one"));
    ByteBuffer second = frame(OpCode.CONTINUATION, true, "two");
    second.put(0, (byte) (second.get(0) | RSV1));

    assertThat(catchThrowableOfType(RefusedMessageException.class, () -> compressed.next(second)))
        .isNotNull();
  }

  @Test
  void shouldTakeGarbageWithoutHarm() {
    Random random = new Random(6455);
    for (int i = 0; i < 20_000; i++) {
      byte[] garbage = new byte[random.nextInt(40)];
      random.nextBytes(garbage);
      FrameReader one = new FrameReader(random.nextBoolean());
      assertThatNoException()
          .isThrownBy(
              () -> {
                try {
                  ByteBuffer in = ByteBuffer.wrap(garbage);
                  while (one.next(in) != null) {
                    // whatever it is taken for
                  }
                } catch (RefusedMessageException e) {
                  assertThat(e.reason()).isEqualTo(DisconnectReason.PROTOCOL_ERROR);
                }
              });
    }
  }

  private static ByteBuffer frame(byte opCode, boolean fin, String payload) {
    return frame(opCode, fin, payload.getBytes(StandardCharsets.UTF_8));
  }

  /** As a client of Jetty's makes it. */
  private static ByteBuffer frame(byte opCode, boolean fin, byte[] payload) {
    Frame frame = new Frame(opCode, fin, ByteBuffer.wrap(payload));
    frame.setMask(MASK);
    ByteBuffer bytes = ByteBuffer.allocate(payload.length + 14).limit(0);
    new Generator().generateWholeFrame(frame, bytes);
    return bytes;
  }

  private static ByteBuffer masked(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] ^= MASK[i % MASK.length];
    }
    return ByteBuffer.wrap(bytes);
  }
}
