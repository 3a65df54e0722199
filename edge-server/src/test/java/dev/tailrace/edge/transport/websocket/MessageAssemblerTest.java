package dev.tailrace.edge.transport.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tailrace.edge.connection.DisconnectReason;
import dev.tailrace.edge.transport.websocket.MessageAssembler.RefusedMessageException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.OpCode;
import org.junit.jupiter.api.Test;

class MessageAssemblerTest {
  private static final int MAX = 32;

  private final MessageAssembler text = new MessageAssembler(MAX, Subprotocol.JSON);
  private final MessageAssembler binary = new MessageAssembler(MAX, Subprotocol.PROTO);

  @Test
  void shouldTakeAMessageOfOneFrame() throws Exception {
    assertThat(text.add(frame(OpCode.TEXT, true, "{}"))).asString().isEqualTo("{}");
    assertThat(binary.add(frame(OpCode.BINARY, true, "\0"))).containsExactly(0);
  }

  @Test
  void shouldPutFragmentsTogether() throws Exception {
    assertThat(text.add(frame(OpCode.TEXT, false, "{\"a"))).isNull();
    assertThat(text.add(frame(OpCode.CONTINUATION, false, ""))).isNull();
    assertThat(text.add(frame(OpCode.CONTINUATION, true, "\":1}")))
        .asString()
        .isEqualTo("{\"a\":1}");
    assertThat(text.add(frame(OpCode.TEXT, true, "{}"))).asString().isEqualTo("{}");
  }

  @Test
  void shouldTakeACharacterThatIsSplitBetweenFragments() throws Exception {
    byte[] emoji = "😀".getBytes(StandardCharsets.UTF_8);

    assertThat(text.add(frame(OpCode.TEXT, false, new byte[] {emoji[0], emoji[1]}))).isNull();
    assertThat(text.add(frame(OpCode.CONTINUATION, true, new byte[] {emoji[2], emoji[3]})))
        .isEqualTo(emoji);
  }

  @Test
  void shouldTakeAMessageOfTheGreatestLengthAndNoneLonger() throws Exception {
    assertThat(text.add(frame(OpCode.TEXT, true, "x".repeat(MAX)))).hasSize(MAX);
    assertThat(refusal(text, frame(OpCode.TEXT, true, "x".repeat(MAX + 1))))
        .isEqualTo(DisconnectReason.TOO_LARGE);
  }

  @Test
  void shouldNotGatherFragmentsBeyondItsBound() throws Exception {
    text.add(frame(OpCode.TEXT, false, "x".repeat(MAX)));

    assertThat(refusal(text, frame(OpCode.CONTINUATION, false, "x")))
        .isEqualTo(DisconnectReason.TOO_LARGE);
    assertThat(refusal(text, frame(OpCode.CONTINUATION, true, "x".repeat(MAX))))
        .isEqualTo(DisconnectReason.TOO_LARGE);
  }

  @Test
  void shouldRefuseTheOtherSubprotocolsKindOfMessage() {
    assertThat(refusal(text, frame(OpCode.BINARY, true, "{}")))
        .isEqualTo(DisconnectReason.UNSUPPORTED_DATA);
    assertThat(refusal(binary, frame(OpCode.TEXT, true, "{}")))
        .isEqualTo(DisconnectReason.UNSUPPORTED_DATA);
  }

  @Test
  void shouldRefuseTextThatIsNotUtf8() {
    assertThat(refusal(text, frame(OpCode.TEXT, true, new byte[] {(byte) 0xc3, 0x28})))
        .isEqualTo(DisconnectReason.MALFORMED);
  }

  private static DisconnectReason refusal(MessageAssembler assembler, Frame frame) {
    return catchThrowableOfType(RefusedMessageException.class, () -> assembler.add(frame)).reason();
  }

  private static Frame frame(byte opCode, boolean fin, String payload) {
    return frame(opCode, fin, payload.getBytes(StandardCharsets.UTF_8));
  }

  private static Frame frame(byte opCode, boolean fin, byte[] payload) {
    return new Frame(opCode, fin, ByteBuffer.wrap(payload));
  }
}
