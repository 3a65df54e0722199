package dev.tailrace.edge.transport.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tailrace.edge.connection.DisconnectReason;
import dev.tailrace.edge.encoding.WireFrame;
import dev.tailrace.edge.transport.websocket.MessageAssembler.RefusedMessageException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.Deflater;
import org.eclipse.jetty.util.compression.InflaterPool;
import org.junit.jupiter.api.Test;

class MessageAssemblerTest {
  private static final int MAX = 32;

  private final MessageInflater inflater = new MessageInflater(new InflaterPool(1, true));
  private final MessageAssembler text = new MessageAssembler(MAX, Subprotocol.JSON, inflater);
  private final MessageAssembler binary = new MessageAssembler(MAX, Subprotocol.PROTO, inflater);

  @Test
  void shouldTakeAMessageOfOneFrame() throws Exception {
    assertThat(text.add(frame(WireFrame.TEXT, true, "{}"))).asString().isEqualTo("{}");
    assertThat(binary.add(frame(WireFrame.BINARY, true, "\0"))).containsExactly(0);
  }

  @Test
  void shouldPutFragmentsTogether() throws Exception {
    assertThat(text.add(frame(WireFrame.TEXT, false, "{\"a"))).isNull();
    assertThat(text.add(frame(WireFrame.CONTINUATION, false, ""))).isNull();
    assertThat(text.add(frame(WireFrame.CONTINUATION, true, "\":1}")))
        .asString()
        .isEqualTo("{\"a\":1}");
    assertThat(text.add(frame(WireFrame.TEXT, true, "{}"))).asString().isEqualTo("{}");
  }

  @Test
  void shouldTakeACharacterThatIsSplitBetweenFragments() throws Exception {
    byte[] emoji = "😀".getBytes(StandardCharsets.UTF_8);

    assertThat(text.add(frame(WireFrame.TEXT, false, new byte[] {emoji[0], emoji[1]}))).isNull();
    assertThat(text.add(frame(WireFrame.CONTINUATION, true, new byte[] {emoji[2], emoji[3]})))
        .isEqualTo(emoji);
  }

  @Test
  void shouldTakeAMessageOfTheGreatestLengthAndNoneLonger() throws Exception {
    assertThat(text.add(frame(WireFrame.TEXT, true, "x".repeat(MAX)))).hasSize(MAX);
    assertThat(refusal(text, frame(WireFrame.TEXT, true, "x".repeat(MAX + 1))))
        .isEqualTo(DisconnectReason.TOO_LARGE);
  }

  @Test
  void shouldNotGatherFragmentsBeyondItsBound() throws Exception {
    text.add(frame(WireFrame.TEXT, false, "x".repeat(MAX)));

    assertThat(refusal(text, frame(WireFrame.CONTINUATION, false, "x")))
        .isEqualTo(DisconnectReason.TOO_LARGE);
    assertThat(refusal(text, frame(WireFrame.CONTINUATION, true, "x".repeat(MAX))))
        .isEqualTo(DisconnectReason.TOO_LARGE);
  }

  @Test
  void shouldNotTakeEmptyFramesWithoutAnEnd() throws Exception {
    for (int message = 0; message < 2; message++) {
      text.add(frame(WireFrame.TEXT, false, ""));
      for (int i = 1; i < MessageAssembler.MAX_EMPTY_FRAMES; i++) {
        assertThat(text.add(frame(WireFrame.CONTINUATION, false, ""))).isNull();
      }
      assertThat(text.add(frame(WireFrame.CONTINUATION, true, "{}"))).asString().isEqualTo("{}");
    }
    text.add(frame(WireFrame.TEXT, false, "{"));
    for (int i = 0; i < MessageAssembler.MAX_EMPTY_FRAMES; i++) {
      text.add(frame(WireFrame.CONTINUATION, false, ""));
    }

    assertThat(refusal(text, frame(WireFrame.CONTINUATION, false, "")))
        .isEqualTo(DisconnectReason.PROTOCOL_ERROR);
  }

  @Test
  void shouldRefuseTheOtherSubprotocolsKindOfMessage() {
    assertThat(refusal(text, frame(WireFrame.BINARY, true, "{}")))
        .isEqualTo(DisconnectReason.UNSUPPORTED_DATA);
    assertThat(refusal(binary, frame(WireFrame.TEXT, true, "{}")))
        .isEqualTo(DisconnectReason.UNSUPPORTED_DATA);
  }

  @Test
  void shouldRefuseTextThatIsNotUtf8() {
    assertThat(refusal(text, frame(WireFrame.TEXT, true, new byte[] {(byte) 0xc3, 0x28})))
        .isEqualTo(DisconnectReason.MALFORMED);
  }

  @Test
  void shouldRefuseTextAtItsFirstBadByteAndWaitForNoMore() throws Exception {
    for (byte[] bad :
        List.of(
            new byte[] {(byte) 0xff},
            new byte[] {(byte) 0xc0},
            new byte[] {(byte) 0xf4, (byte) 0x90},
            new byte[] {(byte) 0xed, (byte) 0xa0})) {
      MessageAssembler assembler = new MessageAssembler(MAX, Subprotocol.JSON, inflater);
      assembler.add(frame(WireFrame.TEXT, false, "{\"a"));

      assertThat(refusal(assembler, frame(WireFrame.CONTINUATION, false, bad)))
          .isEqualTo(DisconnectReason.MALFORMED);
    }
  }

  @Test
  void shouldRefuseTextThatEndsWithinACharacter() throws Exception {
    assertThat(text.add(frame(WireFrame.TEXT, false, new byte[] {'a', (byte) 0xe2}))).isNull();

    assertThat(refusal(text, frame(WireFrame.CONTINUATION, true, new byte[] {(byte) 0x82})))
        .isEqualTo(DisconnectReason.MALFORMED);
  }

  @Test
  void shouldExpandCompressedMessagesAmongOthers() throws Exception {
    String message = "{\"ping\":{\"ref\":1}}";
    byte[] compressed = deflated(message, Deflater.SYNC_FLUSH);
    byte[] half = Arrays.copyOf(compressed, 5);
    byte[] rest = Arrays.copyOfRange(compressed, 5, compressed.length);

    assertThat(text.add(compressed(true, compressed))).asString().isEqualTo(message);
    assertThat(text.add(frame(WireFrame.TEXT, true, "{}"))).asString().isEqualTo("{}");
    assertThat(text.add(compressed(false, half))).isNull();
    assertThat(text.add(frame(WireFrame.CONTINUATION, false, ""))).isNull();
    assertThat(text.add(frame(WireFrame.CONTINUATION, true, rest))).asString().isEqualTo(message);
    assertThat(text.add(frame(WireFrame.TEXT, true, "[]"))).asString().isEqualTo("[]");
  }

  @Test
  void shouldExpandTheExamplesOfTheRfc() throws Exception {
    HexFormat hex = HexFormat.of();
    for (String example :
        List.of(
            "f248cdc9c90700",
            "000500faff48656c6c6f00", // a block that is not compressed
            "f348cdc9c9070000", // a final block
            "f2480500 0000ffff cac9c90700".replace(" ", ""))) { // two blocks
      assertThat(text.add(compressed(true, hex.parseHex(example)))).asString().isEqualTo("Hello");
    }
  }

  @Test
  void shouldNotExpandAMessageBeyondItsBound() throws Exception {
    byte[] longest = deflated("x".repeat(MAX), Deflater.SYNC_FLUSH);
    byte[] bomb = deflated("x".repeat(MAX + 1), Deflater.SYNC_FLUSH);

    assertThat(bomb).hasSizeLessThan(MAX);
    assertThat(text.add(compressed(true, longest))).hasSize(MAX);
    assertThat(refusal(text, compressed(true, bomb))).isEqualTo(DisconnectReason.TOO_LARGE);
    assertThat(text.add(frame(WireFrame.TEXT, true, "{}"))).asString().isEqualTo("{}");
  }

  @Test
  void shouldRefuseWhatIsNotCompressedThoughItSaysSo() {
    assertThat(refusal(text, compressed(true, new byte[] {7, 7, 7})))
        .isEqualTo(DisconnectReason.MALFORMED);
  }

  @Test
  void shouldRefuseWhatFollowsACompressedMessage() {
    byte[] one = deflated("{}", Deflater.NO_FLUSH);
    byte[] two = Arrays.copyOf(one, 2 * one.length);
    System.arraycopy(one, 0, two, one.length, one.length);

    assertThat(refusal(text, compressed(true, two))).isEqualTo(DisconnectReason.MALFORMED);
  }

  @Test
  void shouldRefuseCompressedTextThatIsNotUtf8() {
    byte[] latin = deflated(new byte[] {'"', (byte) 0xe9, '"'}, Deflater.SYNC_FLUSH);

    assertThat(refusal(text, compressed(true, latin))).isEqualTo(DisconnectReason.MALFORMED);
  }

  private static ReceivedFrame compressed(boolean fin, byte[] payload) {
    return new ReceivedFrame(WireFrame.TEXT, fin, true, ByteBuffer.wrap(payload));
  }

  private static byte[] deflated(String message, int flush) {
    return deflated(message.getBytes(StandardCharsets.UTF_8), flush);
  }

  /** As it goes over the wire; without a flush it ends in a final block. */
  private static byte[] deflated(byte[] message, int flush) {
    Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    deflater.setInput(message);
    if (flush == Deflater.NO_FLUSH) {
      deflater.finish();
    }
    byte[] out = new byte[message.length + 64];
    int length = deflater.deflate(out, 0, out.length, flush);
    deflater.end();
    return Arrays.copyOf(out, flush == Deflater.NO_FLUSH ? length : length - 4);
  }

  private static DisconnectReason refusal(MessageAssembler assembler, ReceivedFrame frame) {
    return catchThrowableOfType(RefusedMessageException.class, () -> assembler.add(frame)).reason();
  }

  private static ReceivedFrame frame(byte opCode, boolean fin, String payload) {
    return frame(opCode, fin, payload.getBytes(StandardCharsets.UTF_8));
  }

  private static ReceivedFrame frame(byte opCode, boolean fin, byte[] payload) {
    return new ReceivedFrame(opCode, fin, false, ByteBuffer.wrap(payload));
  }
}
